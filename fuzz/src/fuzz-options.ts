import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';

export interface FuzzOptions {
  /** Of all properties together. */
  readonly cases: number;
  /** Then it stops, however many cases it had; `undefined` for no limit. */
  readonly seconds: number | undefined;
  /** Names of properties; empty for all. */
  readonly only: readonly string[];
  readonly seed: number;
  /** Of a finding, like `script`: run that case only. */
  readonly path: string | undefined;
  readonly script: string | undefined;
}

/** Read the command line. @throws Error, in words for people, if it cannot be read */
export function readFuzzOptions(given: readonly string[]): FuzzOptions {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...given],
    options: { cases: text, seconds: text, only: { ...text, multiple: true }, seed: text, path: text, script: text },
  });
  const { cases, seconds, only = [], seed, path, script } = values;
  if ((path !== undefined || script !== undefined) && only.length !== 1)
    throw new Error('--path and --script need --only with one name');
  if (path !== undefined && seed === undefined) throw new Error('--path needs --seed');
  return {
    cases:
      cases === undefined
        ? seconds === undefined
          ? defaultCases
          : Number.POSITIVE_INFINITY
        : positive('cases', cases),
    seconds: seconds === undefined ? undefined : positive('seconds', seconds),
    only,
    seed: seed === undefined ? randomInt(2 ** 31) : wholeNumber('seed', seed),
    path,
    script,
  };
}

function positive(name: string, text: string): number {
  const value = wholeNumber(name, text);
  // With none there would be no finding either.
  if (value < 1) throw new Error(`--${name} must be 1 or more`);
  return value;
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new Error(`--${name} must be a whole number`);
  return value;
}

const defaultCases = 10_000_000;
