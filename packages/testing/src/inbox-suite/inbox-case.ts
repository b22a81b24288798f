import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { watchProcess } from '../process-watch.ts';
import { bodyCanary, suiteSecret } from '../suite-events.ts';
import type { SuiteCase } from '../test-runner.ts';
import { becomesEqual, eventually } from '../waiting.ts';
import { type ChildOrder, type ForkedReceiver, forkReceiver } from './fork-receiver.ts';
import type { InboxAbility, InboxFixture, InboxStorage } from './inbox-fixture.ts';
import { type OpenedInbox, type OpenOptions, openReceiver } from './opened-inbox.ts';

/** A sentence of the contract and how to see whether it holds. */
export interface InboxCaseDefinition {
  readonly name: string;
  /** The case makes no sense for inboxes that lack one of these. */
  readonly needs?: readonly InboxAbility[];
  readonly run: (bench: InboxBench) => Promise<void>;
}

/** An empty storage, and how to use it. What is opened is closed after the case. */
export interface InboxBench {
  readonly storage: InboxStorage;
  /** For leases that run out. */
  readonly leaseMs: number;
  /** Open an inbox on the storage, with a receiver before it. */
  open(options?: OpenOptions): Promise<OpenedInbox>;
  /** The same in a process of its own. */
  fork(order: ChildOrder): ForkedReceiver;
  /** Wait until something is so, for the patience of the fixture and so much more. @throws Error saying what did not happen */
  eventually(what: string, condition: () => boolean | Promise<boolean>, moreMs?: number): Promise<void>;
  /** Wait until what is read equals this. @throws AssertionError with what it was in the end */
  becomesEqual<T>(read: () => T | Promise<T>, expected: NoInfer<T>, what?: string, moreMs?: number): Promise<void>;
}

/**
 * Bind a definition to a fixture. Whatever a case is about, nothing may leak, nothing may be written to the console, no
 * rejection may stay unhandled.
 */
export function toInboxCase(fixture: InboxFixture, { name, run }: InboxCaseDefinition): SuiteCase {
  const { childModule, leaseMs = 1_000, patienceMs = 5_000 } = fixture;
  return {
    name,
    async run() {
      const watch = watchProcess();
      const opened: OpenedInbox[] = [];
      const forked: ForkedReceiver[] = [];
      try {
        const storage = await fixture.createStorage();
        try {
          await run({
            storage,
            leaseMs,
            async open(options = {}) {
              const one = await openReceiver(storage, options, patienceMs);
              opened.push(one);
              return one;
            },
            fork(order) {
              assert.ok(childModule !== undefined, 'the fixture has no childModule');
              const one = forkReceiver({ module: childModule, location: storage.location }, order, patienceMs);
              forked.push(one);
              return one;
            },
            eventually: (what, condition, moreMs = 0) => eventually(what, condition, patienceMs + moreMs),
            becomesEqual: (read, expected, what, moreMs = 0) => becomesEqual(read, expected, what, patienceMs + moreMs),
          });
        } finally {
          for (const one of forked) await one.kill();
          for (const one of opened) await one.close(0);
          await storage.close?.();
        }
        // Rejections are reported as unhandled only after this turn.
        await nextTurn();
        assert.deepEqual(watch.unhandled, [], 'unhandled rejections');
        for (const one of opened) assertNoLeaks('the log', one.logLines, one.signatures);
        const signatures = new Set(opened.flatMap((one) => [...one.signatures]));
        // Node warns of features that are new.
        const consoleLines = watch.consoleLines.filter((line) => !/^\(node:\d+\) /.test(line));
        assertNoLeaks('the console', consoleLines, signatures);
        assert.deepEqual(consoleLines, [], 'lines on the console, though there is a logger');
      } finally {
        watch.stop();
      }
    },
  };
}

function assertNoLeaks(where: string, lines: readonly string[], signatures: ReadonlySet<string>): void {
  const text = lines.join('\n');
  for (const canary of [suiteSecret, bodyCanary, ...signatures]) {
    assert.ok(!text.includes(canary), `${JSON.stringify(canary)} is in ${where}: ${text}`);
  }
}
