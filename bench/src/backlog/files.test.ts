import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqliteInbox } from '@twenty-webhooks/sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeEntries } from '../inbox/entries.ts';
import { openGatedInbox } from './gated-inbox.ts';
import { look } from './look.ts';
import { handler, kinds, makeFile } from './make-file.ts';
import { watchSweep } from './sweep.ts';

const jobs = 2_000;

let path = '';
let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'twenty-bench-'));
  path = join(folder, 'inbox.sqlite');
});
afterEach(() => rm(folder, { recursive: true }));

// Rows written past `put` measure something only if the inbox takes them for its own.
describe.each(kinds)('a file of jobs: %s', (kind) => {
  const expected = {
    waiting: { waiting: 1_960, running: 0, done: 20, dead: 20 },
    done: { waiting: 2, running: 0, done: 1_978, dead: 20 },
    'one record': { waiting: 2_000, running: 0, done: 0, dead: 0 },
  }[kind];

  test('has them in their states; each can be read', async () => {
    await makeFile(path, { kind, jobs });
    const { inspection, close } = open(path);
    expect(await inspection.counts()).toEqual(expected);
    const [newest] = await inspection.list({ handler, limit: 1 });
    const job = await inspection.get(newest?.key ?? '');
    expect(job).toMatchObject({
      event: 'person.created',
      object: 'person',
      key: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(job?.body.length).toBeGreaterThan(1_300);
    expect(new Set((await inspection.list()).map(({ recordId }) => recordId)).size).toBe(
      kind === 'one record' ? 1 : 100,
    );
    await close();
  });

  test('takes new jobs, and runs as many as are let through', async () => {
    await makeFile(path, { kind, jobs });
    const inbox = openGatedInbox(path);
    await inbox.put(await makeEntries(300));
    await inbox.run(300);
    await inbox.close();
    const { inspection, close } = open(path);
    const { waiting, running, done, dead } = await inspection.counts();
    expect(waiting + running + done + dead).toBe(jobs + 300);
    // The last ones may not have been written when it closed.
    expect(done - expected.done).toBeGreaterThan(280);
    expect(done - expected.done).toBeLessThanOrEqual(300);
    expect(dead).toBe(expected.dead);
    await close();
  });
});

test('a job of another record is begun although all jobs of one record wait before it', async () => {
  await makeFile(path, { kind: 'one record', jobs });
  const inbox = openGatedInbox(path);
  const entries = await makeEntries(1);
  const begun = inbox.begun(entries[0]?.event.record?.id ?? '');
  await inbox.put(entries);
  await begun;
  await inbox.close();
});

test('looking into a file gives a time for everything, and a purge purges few', async () => {
  await makeFile(path, { kind: 'done', jobs });
  for (const ms of Object.values(await look(path, handler))) expect(ms).toBeGreaterThan(0);
  const { inspection, close } = open(path);
  const { done } = await inspection.counts();
  expect(done).toBeLessThan(1_978);
  expect(done).toBeGreaterThan(1_778);
  await close();
});

test('jobs that are too old are swept', async () => {
  await makeFile(path, { kind: 'done', jobs });
  const { jobs: swept, busyMicroseconds } = await watchSweep(path, 500);
  expect(swept).toBeGreaterThan(0);
  expect(busyMicroseconds).toBeGreaterThan(0);
});

function open(file: string) {
  const inbox = sqliteInbox(file);
  return { inspection: inbox.inspection, close: () => inbox.close() };
}
