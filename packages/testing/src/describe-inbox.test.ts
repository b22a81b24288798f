import { memoryInbox } from '@twenty-webhooks/core';
import { describe, expect, it, test } from 'vitest';
import { describeInbox, inboxCases } from './inbox-suite/describe-inbox.ts';
import type { InboxAbility, InboxFixture } from './inbox-suite/inbox-fixture.ts';

const fixture: InboxFixture = {
  lacks: ['crash', 'sharing', 'outage'],
  patienceMs: 10_000,
  createStorage: () => ({ location: '', open: memoryInbox }),
};

describeInbox('memoryInbox', fixture, { describe, it });

describe('cases', () => {
  const full: InboxFixture = { ...fixture, lacks: [], childModule: 'file:///some/module.js' };
  const namesOf = (one: InboxFixture): string[] => inboxCases(one).map(({ name }) => name);

  test('have names of their own', () => {
    expect(new Set(namesOf(full)).size).toBe(namesOf(full).length);
  });

  test.each(['sharing', 'crash', 'order', 'inspection', 'outage'] as const)(
    'are left out for inboxes that lack %s, and only those about it',
    (ability) => {
      const lacks: InboxAbility[] = ability === 'sharing' ? ['sharing', 'crash'] : [ability];
      const { childModule, ...rest } = full;
      const left = namesOf({ ...rest, lacks, ...(!lacks.includes('crash') && { childModule }) });
      expect(left.length).toBeLessThan(namesOf(full).length);
      expect(left.length).toBeGreaterThan(25);
    },
  );

  test.each([
    [{ ...fixture, childModule: 'file:///some/module.js' }],
    [{ ...fixture, lacks: [] }],
    [{ ...full, lacks: ['sharing'] as const }],
  ])('are not made for a fixture that contradicts itself', (wrong) => {
    expect(() => inboxCases(wrong)).toThrow(TypeError);
  });
});
