/** What a suite needs of a test runner; those of vitest, Jest, Mocha and `node:test` all fit. */
export interface TestRunner {
  describe(name: string, body: () => void): unknown;
  it(name: string, body: () => Promise<void>): unknown;
}

/** One test of a suite, without a runner: it rejects if the thing under test breaks its contract. */
export interface SuiteCase {
  readonly name: string;
  readonly run: () => Promise<void>;
}

/** Register cases with a runner. @throws TypeError if none is given and there are no global `describe` and `it` */
export function registerCases(title: string, cases: readonly SuiteCase[], runner: TestRunner = globalRunner()): void {
  runner.describe(title, () => {
    for (const { name, run } of cases) runner.it(name, run);
  });
}

function globalRunner(): TestRunner {
  const { describe, it } = globalThis as Partial<TestRunner>;
  if (describe !== undefined && it !== undefined) return { describe, it };
  throw new TypeError(
    "There are no global describe and it. Hand them over as the last argument: import { describe, it } from 'vitest' (or 'node:test').",
  );
}
