import type { InboxInspection } from '@twenty-webhooks/core';
import { expect, it } from 'vitest';
import { limitReads } from './limit-reads.ts';

const hanging = (): Promise<never> => new Promise(() => {});

it('reads of a server that hangs end, changes are not cut short', async () => {
  const never = { counts: hanging, list: hanging, get: hanging };
  const late = { retry: async () => 1, purge: async () => 2 };
  const inspection = limitReads({ ...never, ...late } as InboxInspection, 5);
  for (const reading of [inspection.counts(), inspection.list(), inspection.get('key')]) {
    await expect(reading).rejects.toMatchObject({ code: 'INBOX_UNAVAILABLE' });
  }
  expect([await inspection.retry('key'), await inspection.purge()]).toEqual([1, 2]);
});

it('what is given is passed on', async () => {
  const given: unknown[] = [];
  const note = async (what: unknown): Promise<never> => given.push(what) as never;
  const inspection = limitReads({ counts: note, list: note, get: note, retry: note, purge: note } as never, 1_000);
  await inspection.list({ limit: 3 });
  await inspection.get('key');
  await inspection.retry({ handler: 'a' });
  await inspection.purge({ object: 'b' });
  expect(given).toEqual([{ limit: 3 }, 'key', { handler: 'a' }, { object: 'b' }]);
});
