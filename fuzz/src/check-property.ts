import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { Choices } from './choices.ts';
import type { Property } from './property.ts';
import { scripts } from './script-arbitrary.ts';
import { TooSlowError, withinLimit } from './within-limit.ts';

export interface CheckOptions {
  readonly cases: number;
  readonly seed: number;
  /** Of a finding: run that case only. */
  readonly path?: string | undefined;
  /** Whether to look for a simpler case that fails as well. @default true */
  readonly shrink?: boolean | undefined;
  /** What takes longer is a finding, unless it never lets go of the thread. @default 30,000 */
  readonly caseLimitMs?: number | undefined;
}

/** A case that failed, as small as it could be made. */
export interface Finding {
  readonly property: string;
  readonly seed: number;
  /** Of fast-check: leads to the same case with the same seed. */
  readonly path: string;
  /** In hex: leads to the same case without a seed, also when generation changes. */
  readonly script: string;
  readonly error: unknown;
}

/** Run a property over random cases. `undefined`, unless one fails. */
export async function checkProperty(
  property: Property,
  { cases, seed, path, shrink = true, caseLimitMs }: CheckOptions,
): Promise<Finding | undefined> {
  const script = scripts(property.maxScriptBytes);
  let failedAtMs = Number.POSITIVE_INFINITY;
  let turnAtMs = performance.now();
  const check = async (bytes: Uint8Array): Promise<void> => {
    const nowMs = performance.now();
    // A finding is worth more than its simplest form.
    if (nowMs - failedAtMs > maxShrinkMs) return;
    if (nowMs - turnAtMs > maxTurnMs) {
      // Promises alone would keep signals waiting.
      await nextTurn();
      turnAtMs = nowMs;
    }
    try {
      await withinLimit(property.check(new Choices(bytes)), caseLimitMs);
    } catch (error) {
      // A simpler one would have to be waited for as long, beside what still runs.
      failedAtMs = error instanceof TooSlowError ? Number.NEGATIVE_INFINITY : Math.min(failedAtMs, performance.now());
      throw error;
    }
  };
  const result = await fc.check(fc.asyncProperty(script, check), {
    numRuns: cases,
    seed,
    endOnFailure: !shrink,
    ...(path !== undefined && { path }),
  });
  if (!result.failed) return undefined;
  const { counterexample, counterexamplePath, errorInstance } = result;
  const found = Buffer.from(counterexample?.[0] ?? []).toString('hex');
  return {
    property: property.name,
    seed: result.seed,
    path: counterexamplePath ?? '',
    script: found,
    error: errorInstance,
  };
}

/** Run one case again. */
export async function checkScript(property: Property, script: string): Promise<void> {
  await withinLimit(property.check(new Choices(Uint8Array.from(Buffer.from(script, 'hex')))));
}

const maxShrinkMs = 20_000;
const maxTurnMs = 100;
