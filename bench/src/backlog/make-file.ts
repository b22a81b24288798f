import { hash, randomBytes, randomUUID } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { laneOf } from '@twenty-webhooks/core';
import { sqliteInbox } from '@twenty-webhooks/sqlite';
import { makeBodies } from '../bodies.ts';

/** What the jobs of a file are: nearly all waiting, nearly all done, or all waiting and about one record. */
export const kinds = ['waiting', 'done', 'one record'] as const;

export type Kind = (typeof kinds)[number];

export const handler = 'person.created';

/**
 * Make an inbox file with that many jobs of 1.4 kB, stored during the last 20 days. Past `put`, which would take long: the
 * rows are written as the inbox would have left them.
 */
export async function makeFile(path: string, { kind, jobs }: { kind: Kind; jobs: number }): Promise<void> {
  // It makes its tables itself.
  await sqliteInbox(path).close();
  const sqlite = new DatabaseSync(path);
  sqlite.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -524288; BEGIN');
  const insertDelivery = sqlite.prepare(
    `INSERT INTO delivery (id, event, event_id, received_at, scheme, secret_index, signed_at, nonce, headers, body)
     VALUES (?, 'person.created', ?, ?, 'timestamped', 0, ?, ?, '{"content-type":"application/json","user-agent":"axios/1.13.2"}', ?)`,
  );
  const insertJob = sqlite.prepare(
    `INSERT INTO job (key, key_digest, handler, workspace_id, object, record_id, lane, changed_at, delivery_id, state, attempt, due_at, stored_at, started_at, finished_at, error)
     VALUES (?, ?, '${handler}', '${workspaceId}', 'person', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const bodies = makeBodies('1.4 kB', 500);
  const oneRecord = randomUUID();
  const nowMs = Date.now();
  for (let index = 0; index < jobs; index++) {
    const storedAtMs = nowMs - twentyDaysMs + Math.floor((index / jobs) * (twentyDaysMs - 60_000));
    const deliveryId = index + 1;
    const eventId = `evt_${randomBytes(16).toString('hex')}`;
    const nonce = randomBytes(16).toString('hex');
    insertDelivery.run(deliveryId, eventId, storedAtMs, storedAtMs, nonce, bodies[index % bodies.length] ?? '');
    const state = stateOf(kind, index);
    const hasRun = state !== 'waiting';
    const key = randomBytes(32).toString('hex');
    const recordId = kind === 'one record' ? oneRecord : randomUUID();
    insertJob.run(
      key,
      digest(key),
      recordId,
      digest(
        laneOf(handler, {
          id: eventId,
          name: handler,
          workspaceId,
          record: { object: 'person', id: recordId, changedAtMs: storedAtMs },
        }) ?? '',
      ),
      storedAtMs,
      deliveryId,
      state,
      state === 'dead' ? 10 : Number(hasRun),
      storedAtMs,
      storedAtMs,
      hasRun ? storedAtMs + 10 : null,
      hasRun ? storedAtMs + 30 : null,
      state === 'dead' ? error : null,
    );
  }
  sqlite.exec('COMMIT');
  sqlite.close();
}

function stateOf(kind: Kind, index: number): 'waiting' | 'done' | 'dead' {
  if (kind === 'one record') return 'waiting';
  if (index % 100 === 99) return 'dead';
  if (kind === 'waiting') return index % 100 === 98 ? 'done' : 'waiting';
  return index % 1_000 === 998 ? 'waiting' : 'done';
}

const digest = (text: string): Uint8Array => hash('sha256', text, 'buffer').subarray(0, 16);

const workspaceId = '20202020-1c25-4d02-bf25-6aeccf7ea419';
const twentyDaysMs = 20 * 24 * 60 * 60 * 1_000;
const error = JSON.stringify({
  name: 'Error',
  message: 'fetch failed',
  stack: 'Error: fetch failed\n    at here'.repeat(20),
});
