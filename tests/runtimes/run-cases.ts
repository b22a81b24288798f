import type { SuiteCase } from '@twenty-webhooks/testing';

/** How the cases of a suite went, as JSON. */
export interface SuiteReport {
  readonly passed: number;
  /** Name of the case → why. */
  readonly failed: Readonly<Record<string, string>>;
}

/** Run the cases of a suite in the runtime that this runs in, without any test runner. Those that are skipped must exist. */
export async function runCases(cases: readonly SuiteCase[], skipped: readonly string[] = []): Promise<SuiteReport> {
  const failed: Record<string, string> = {};
  for (const name of skipped) if (!cases.some((one) => one.name === name)) failed[name] = 'there is no such case';
  let passed = 0;
  for (const { name, run } of cases.filter(({ name }) => !skipped.includes(name))) {
    try {
      await inTime(run());
      passed++;
    } catch (error) {
      failed[name] = error instanceof Error ? `${error.message}\n${error.stack}` : String(error);
    }
  }
  return { passed, failed };
}

/** A case that hangs must not take the others with it. */
async function inTime(running: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    await Promise.race([running, late]);
  } finally {
    clearTimeout(timer);
  }
}

const timeoutMs = 60_000;
