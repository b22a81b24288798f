import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createReceiver, type Receiver } from '@twenty-webhooks/core';
import { toNodeHandler } from '@twenty-webhooks/core/node';
import { sqliteInbox } from '@twenty-webhooks/sqlite';
import { startTestServer, startTwentySimulator, type TestServer } from '@twenty-webhooks/testing';
import { createRisingClock } from '../../src/rising-clock.ts';
import type { Sample, SampleOptions } from '../../src/sample.ts';

/** What is wrong with an app; `undefined` is one that is right. */
export type Flaw =
  | 'does nothing'
  | 'believes everybody'
  | 'does it for every delivery'
  | 'does it again later'
  | 'handles inside the request'
  | 'forgets when it is killed'
  | 'takes what comes last for the newest'
  | 'ends with an error';

/** An app in this process, small enough to be wrong in one way: it keeps the job titles of people. */
export async function startWrongSample({ folder }: SampleOptions, flaw?: Flaw): Promise<Sample> {
  const simulator = await startTwentySimulator({ clock: createRisingClock() });
  const outside = new Map<string, { title: unknown; changedAt: string; times: number }>();
  let [isDown, slowMs] = [false, 0];
  let server: TestServer | undefined;
  let receiver: Receiver | undefined;
  const write = async (id: string, title: unknown, changedAt: string): Promise<void> => {
    await sleep(slowMs, undefined, { ref: false });
    if (isDown) throw new Error('down');
    if (flaw === 'does nothing') return;
    const { times = 0, changedAt: last = '', ...old } = outside.get(id) ?? { title: undefined };
    const isNewer = changedAt >= last || flaw === 'takes what comes last for the newest';
    const isAgain = flaw === 'does it for every delivery';
    outside.set(id, {
      title: isNewer ? title : old.title,
      changedAt: isNewer ? changedAt : last,
      times: isAgain ? times + 1 : 1,
    });
  };
  const start = async (): Promise<void> => {
    const isInline = flaw === 'handles inside the request' || flaw === 'does it for every delivery';
    receiver = createReceiver({
      secret: simulator.secret,
      ...(isInline
        ? { idempotency: 'off' as const }
        : {
            inbox: sqliteInbox(join(folder, 'inbox.sqlite'), { leaseMs: 300, concurrency: 4 }),
            retry: { minDelayMs: 50, maxDelayMs: 200, attempts: 50 },
          }),
      logger: { warn() {}, error() {} },
      on: {
        'person.*': async ({ data, action }) => {
          const { jobTitle, updatedAt = '' } = data.attributes ?? {};
          await write(data.id, jobTitle, updatedAt);
          if (flaw === 'does it again later' && action === 'created') {
            setTimeout(() => outside.set(`${data.id} again`, { title: '', changedAt: '', times: 1 }), 100);
          }
        },
      },
    });
    const handle = toNodeHandler(receiver);
    server = await startTestServer((request, response) => {
      if (flaw !== 'believes everybody') return void handle(request, response);
      let body = '';
      request.on('data', (text) => (body += text));
      request.on('end', () => {
        const { record } = JSON.parse(body);
        write(record.id, record.jobTitle, record.updatedAt).then(
          () => response.end('{}'),
          () => response.writeHead(500).end('{}'),
        );
      });
    });
    simulator.setTarget(server.origin);
  };
  const end = async (): Promise<void> => {
    await server?.close();
    await receiver?.close({ graceMs: 0 });
  };
  await start();
  const people = () => simulator.workspace.list('person');
  return {
    app: {
      origin: '',
      get url() {
        return server?.origin ?? '';
      },
      output: '',
      start,
      async kill() {
        await end();
        if (flaw !== 'forgets when it is killed') return;
        for (const end of ['', '-wal', '-shm']) rmSync(join(folder, `inbox.sqlite${end}`), { force: true });
      },
      async stop() {
        await end();
        return flaw === 'ends with an error' ? 1 : 0;
      },
    },
    simulator,
    trigger(count) {
      for (let left = count; left > 0; left--) simulator.workspace.create('person', { jobTitle: 'Countess' });
    },
    triggerInTurn() {
      const { id } = simulator.workspace.create('person', { jobTitle: 'Clerk' });
      for (const jobTitle of ['Analyst', 'Engineer', 'Countess'])
        simulator.workspace.update('person', id, { jobTitle });
    },
    effects: async () => [...outside.values()].reduce((sum, { times }) => sum + times, 0),
    problems: async () => people().flatMap(({ id, jobTitle }) => (outside.get(id)?.title === jobTitle ? [] : [id])),
    isAtRest: async () => true,
    slowDown(ms) {
      slowMs = ms;
    },
    async breakOutside() {
      isDown = true;
      return async () => {
        isDown = false;
      };
    },
    async close() {
      await end();
      await simulator.close();
    },
  };
}
