import { registerCases, type SuiteCase, type TestRunner } from '../test-runner.ts';
import { closingCases } from './closing-cases.ts';
import { contentCases } from './content-cases.ts';
import { crashCases } from './crash-cases.ts';
import { type InboxCaseDefinition, toInboxCase } from './inbox-case.ts';
import type { InboxFixture } from './inbox-fixture.ts';
import { inspectionCases } from './inspection-cases.ts';
import { orderCases } from './order-cases.ts';
import { runningCases } from './running-cases.ts';
import { storingCases } from './storing-cases.ts';

/**
 * Register every test of the contract of inboxes: each is driven by real receivers, and some by processes that are killed.
 *
 * @param runner default: the global `describe` and `it`
 * @throws TypeError if the fixture contradicts itself
 * @example
 * describeInbox('memoryInbox', { lacks: ['crash', 'sharing', 'outage'], createStorage }, { describe, it });
 */
export function describeInbox(name: string, fixture: InboxFixture, runner?: TestRunner): void {
  registerCases(`${name} keeps the contract of inboxes`, inboxCases(fixture), runner);
}

/** The same tests as data, in the order in which they are registered. */
export function inboxCases(fixture: InboxFixture): readonly SuiteCase[] {
  const { lacks = [], childModule } = fixture;
  if ((childModule === undefined) !== lacks.includes('crash')) {
    throw new TypeError("A fixture has a childModule, or lacks 'crash'.");
  }
  if (lacks.includes('sharing') && !lacks.includes('crash')) {
    throw new TypeError("What survives a crash is opened again: a fixture that lacks 'sharing' lacks 'crash', too.");
  }
  return definitions
    .filter(({ needs = [] }) => !needs.some((one) => lacks.includes(one)))
    .map((definition) => toInboxCase(fixture, definition));
}

const definitions: readonly InboxCaseDefinition[] = [
  ...storingCases,
  ...runningCases,
  ...orderCases,
  ...contentCases,
  ...closingCases,
  ...inspectionCases,
  ...crashCases,
];
