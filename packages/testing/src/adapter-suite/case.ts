import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type ProcessWatch, watchProcess } from '../process-watch.ts';
import type { SuiteCase } from '../test-runner.ts';
import type { AdapterFixture, AdapterLimit, AdapterVariant } from './fixture.ts';
import { assertNoLeaks } from './leaks.ts';
import { type CaseOptions, type MountedAdapter, mountAdapter } from './mounted-adapter.ts';

/** A sentence of the contract and how to see whether it holds. */
export interface CaseDefinition {
  readonly name: string;
  /** @default 'plain' */
  readonly variant?: AdapterVariant;
  /** The case makes no sense for fixtures with this limit. */
  readonly unless?: AdapterLimit;
  /** How many lines a code may have on the console. @default 0 */
  readonly maxConsoleLinesPerCode?: number;
  readonly run: (start: StartAdapter) => Promise<void>;
}

export type StartAdapter = (options?: CaseOptions) => Promise<MountedAdapter>;

/**
 * Bind a definition to a fixture. Whatever a case is about, nothing may leak, nothing may be written to the console, no
 * rejection may stay unhandled.
 */
export function toCase(fixture: AdapterFixture, definition: CaseDefinition): SuiteCase {
  const { name, variant = 'plain', maxConsoleLinesPerCode = 0 } = definition;
  return {
    name,
    async run() {
      const watch = watchProcess();
      const adapters: MountedAdapter[] = [];
      try {
        try {
          await definition.run(async (options = {}) => {
            const adapter = await mountAdapter(fixture, variant, options);
            adapters.push(adapter);
            return adapter;
          });
        } finally {
          for (const adapter of adapters) await adapter.close();
        }
        // Rejections are reported as unhandled only after this turn.
        await nextTurn();
        for (const adapter of adapters) assertNoLeaks(adapter, watch.consoleLines.join('\n') + watch.streamText());
        assertQuiet(watch, maxConsoleLinesPerCode);
      } finally {
        watch.stop();
      }
    },
  };
}

function assertQuiet({ consoleLines, unhandled, streamText }: ProcessWatch, maxLinesPerCode: number): void {
  assert.deepEqual(unhandled, [], 'unhandled rejections');
  assert.doesNotMatch(streamText(), /\[twenty-webhooks\]/, 'stdout and stderr');
  const counts: Record<string, number> = {};
  for (const line of consoleLines) {
    const code = /\b[A-Z]+(?:_[A-Z0-9]+)+\b/.exec(line)?.[0] ?? line;
    counts[code] = (counts[code] ?? 0) + 1;
  }
  for (const [code, count] of Object.entries(counts)) {
    assert.ok(count <= maxLinesPerCode, `${count} lines on the console, ${maxLinesPerCode} expected: ${code}`);
  }
}
