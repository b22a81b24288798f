import type { SimulatorFaults, TwentySimulatorOptions } from './simulator-options.ts';

/** @throws RangeError or TypeError about the first option that cannot be */
export function checkSimulatorOptions(options: TwentySimulatorOptions): void {
  const { target, secret, operations, delivery, format, port, apiKey, requestsPerMinute, attemptsKept, faults } =
    options;
  if (target !== undefined) checkTarget(target);
  if (secret !== undefined && typeof secret !== 'string') throw new TypeError('secret is a text');
  if (operations !== undefined && !isTexts(operations))
    throw new TypeError("operations is a list of texts, such as ['person.*']");
  checkOneOf('delivery', delivery, ['server', 'documented']);
  checkOneOf('format', format, ['server', 'envelope']);
  checkWhole('port', port, 65_535);
  // What a header can carry.
  if (apiKey !== undefined && !/^[!-~]+$/.test(apiKey))
    throw new RangeError('apiKey is at least one character of visible ASCII');
  if (requestsPerMinute !== undefined && !(requestsPerMinute >= 1))
    throw new RangeError(`requestsPerMinute is at least 1, not ${requestsPerMinute}`);
  if (attemptsKept !== Number.POSITIVE_INFINITY) checkWhole('attemptsKept', attemptsKept);
  if (faults !== undefined) checkFaults(faults);
}

/** @throws RangeError */
export function checkTarget(url: string): void {
  if (isTarget(url)) return;
  throw new RangeError(`"${url}" is no target. Give an absolute URL, such as http://127.0.0.1:3000/webhooks/twenty`);
}

/** Whether deliveries can go there. */
export const isTarget = (url: string): boolean => /^https?:\/\//.test(url) && URL.canParse(url);

/** Whether it is a list of texts, as the operations of a webhook are. */
export const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');

/** @throws RangeError or TypeError */
export function checkFaults({
  duplicate,
  refanout,
  drop,
  shuffle,
  redirect,
  staleSecret,
  ...unknown
}: SimulatorFaults): void {
  for (const [name, share] of Object.entries({ duplicate, refanout, drop })) {
    if (share !== undefined && !(share >= 0 && share <= 1))
      throw new RangeError(`${name} is a share from 0 to 1, not ${share}`);
  }
  if (shuffle !== undefined && typeof shuffle !== 'boolean') throw new TypeError('shuffle is true or false');
  checkOneOf('redirect', redirect, redirectStatuses);
  checkWhole('staleSecret', staleSecret);
  const [name] = Object.keys(unknown);
  if (name !== undefined) throw new TypeError(`There is no fault "${name}".`);
}

export const redirectStatuses = [301, 302, 307, 308] as const;

function checkOneOf<T>(name: string, value: T | undefined, allowed: readonly T[]): void {
  if (value !== undefined && !allowed.includes(value))
    throw new RangeError(`${name} is one of ${allowed.join(', ')}, not ${value}`);
}

function checkWhole(name: string, value: number | undefined, most: number = Number.MAX_SAFE_INTEGER): void {
  if (value === undefined || (Number.isInteger(value) && value >= 0 && value <= most)) return;
  throw new RangeError(`${name} is a whole number from 0 to ${most}, not ${value}`);
}
