import { writeSync } from 'node:fs';
import { parseEvent } from '@twenty-webhooks/core';
import { sqliteInbox } from '@twenty-webhooks/sqlite';
import { silent } from '../inputs/silent-logger.ts';

// A process that stores entries and runs them until it is killed. Each line says what it knows to be true, once it knows it.

const [path = '', first = '0', count = '0'] = process.argv.slice(2);
// A pipe takes a line at once, or the process was killed before.
const say = (what: string, key: string): void => void writeSync(1, `${what} ${key}\n`);

// The lease of the process before runs out at once.
const inbox = sqliteInbox(path, { leaseMs: 50 });
inbox.work({
  handlerOf:
    () =>
    async (_event, { idempotencyKey }) => {
      say('run', idempotencyKey);
      await new Promise((resolve) => setImmediate(resolve));
    },
  retry: { attempts: 1_000, minDelayMs: 0, maxDelayMs: 0 },
  schemas: undefined,
  logger: silent,
  observe: undefined,
});
say('open', '');

for (let number = Number(first); number < Number(first) + Number(count); number += 3) {
  await Promise.all([number, number + 1, number + 2].map(put));
  const done = await inbox.inspection.list({ state: 'done', limit: 1_000 });
  for (const { key } of done) say('done', key);
}
await inbox.close();
say('closed', '');

async function put(number: number): Promise<void> {
  const body = new TextEncoder().encode(JSON.stringify({ eventName: 'person.updated', number }));
  const key = `key ${number}`;
  const record = { object: 'person', id: String(number % 2), changedAtMs: number };
  say('putting', key);
  const stored = await inbox.put(
    {
      body,
      parsed: await parseEvent(body),
      delivery: { receivedAtMs: number, scheme: 'plain', secretIndex: 0, signedAtMs: undefined, nonce: undefined },
      headers: {},
      event: { id: key, name: 'person.updated', workspaceId: 'w', record },
      jobs: [{ key, handler: 'h' }],
    },
    { timeoutMs: 5_000 },
  );
  say(stored.has(key) ? 'stored' : 'known', key);
}
