import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describeIdempotencyStore } from '@twenty-webhooks/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { sqliteInbox } from './sqlite-inbox.ts';
import { sqliteStore } from './sqlite-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'store-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
const newPath = (): string => join(folder, `${++files}.sqlite`);

describeIdempotencyStore(
  'sqliteStore',
  () => {
    let nowMs = 1_000;
    const store = sqliteStore(newPath(), { now: () => nowMs });
    const advance = (ms: number): void => {
      nowMs += ms;
    };
    return { store, advance, close: store.close };
  },
  { describe, it },
);

describe('sqliteStore', () => {
  it('is shared by all that open its file, and outlives them', async () => {
    const path = newPath();
    const [one, other] = [sqliteStore(path), sqliteStore(path)];
    const claims = await Promise.all(
      Array.from({ length: 20 }, (_, index) => (index % 2 ? one : other).claim('k', 9_000)),
    );
    const [won, ...rest] = claims.filter(({ state }) => state === 'claimed');
    expect(rest).toEqual([]);
    await one.complete('k', won?.state === 'claimed' ? won.token : '', 9_000);
    one.close();
    other.close();
    const later = sqliteStore(path);
    expect(await later.claim('k', 9_000)).toEqual({ state: 'done' });
    later.close();
  });

  it('may be in the file of an inbox', async () => {
    const path = newPath();
    const inbox = sqliteInbox(path);
    const store = sqliteStore(path);
    expect(await store.claim('k', 9_000)).toMatchObject({ state: 'claimed' });
    expect(await inbox.inspection.counts()).toEqual({ waiting: 0, running: 0, done: 0, dead: 0 });
    store.close();
    await inbox.close();
  });

  it('waits while another process writes, and says so if that takes too long', async () => {
    const path = newPath();
    const store = sqliteStore(path);
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    setTimeout(() => other.exec('ROLLBACK'), 100);
    expect(await store.claim('k', 9_000)).toMatchObject({ state: 'claimed' });
    other.exec('BEGIN IMMEDIATE');
    await expect(store.claim('k2', 9_000)).rejects.toMatchObject({ code: 'INBOX_UNAVAILABLE' });
    other.exec('ROLLBACK');
    other.close();
    store.close();
  });

  it('does not grow for ever', async () => {
    let nowMs = 0;
    const path = newPath();
    const store = sqliteStore(path, { now: () => nowMs });
    for (let index = 0; index < 500; index++) {
      const claim = await store.claim(`k${index}`, 10);
      if (claim.state === 'claimed') await store.complete(`k${index}`, claim.token, 10);
      nowMs += 1;
    }
    const other = new DatabaseSync(path);
    expect(Number(other.prepare('SELECT count(*) AS n FROM claim').get()?.n)).toBeLessThan(50);
    other.close();
    store.close();
  });
});
