import { expect, test } from 'vitest';
import { mayTakeMs } from './longest-first.ts';

test.each([
  ['a limit that is stated', 'src/a.test.ts', "it('a', run, 160_000);", 160_000],
  ['the longest of them', 'src/a.test.ts', "it('a', run, 90_000); it('b', { timeout: 160_000 }, run);", 160_000],
  ['the usual one, for what runs beside a package', 'packages/a/test/a.test.ts', "it('a', run);", 60_000],
  ['the usual one, for what needs a server', 'src/a.test.ts', "import { x } from '@twenty-webhooks/services';", 60_000],
  [
    'the usual one, for the contract of inboxes',
    'src/a.test.ts',
    "describeInbox('a', fixture, { describe, it });",
    60_000,
  ],
  ['the usual one, for what runs on all of it', 'tests/a/a.test.ts', "it('a', run);", 60_000],
  ['nothing, for what just computes', 'src/a.test.ts', "it('a', () => expect(f(1_000)).toBe(900_000));", 0],
])('a test file may take: %s', (_what, path, source, expected) => {
  for (const root of ['/home/ada/project', '/home/ada/test/tests/project']) {
    expect(mayTakeMs(`${root}/${path}`, { root, source })).toBe(expected);
  }
});
