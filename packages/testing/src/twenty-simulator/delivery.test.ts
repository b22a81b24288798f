import { createServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createManualClock } from './simulator-clock.ts';
import { startTwentySimulator } from './start-twenty-simulator.ts';
import { startRecordingTarget } from './testdata/recording-target.ts';
import { ask, simulations } from './testdata/simulation.ts';

const simulation = simulations(onTestFinished);
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

describe('a server’s delivery', () => {
  test('20 at a time at most, however many wait, and none while they are held', async () => {
    const { twenty, target } = await simulation();
    // The first delivery of a process takes its time.
    twenty.workspace.create('note');
    await twenty.settled();
    let letGo = () => {};
    const full = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    target.answerWith(async () => {
      if (target.peak === 20) setTimeout(letGo, 30);
      await full;
      return 200;
    });
    twenty.hold();
    for (let made = 0; made < 70; made += 1) twenty.workspace.create('note');
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(target.arrivals).toHaveLength(1);
    twenty.release();
    await twenty.settled();
    expect(target.arrivals).toHaveLength(71);
    expect(target.peak).toBe(20);
    expect(twenty.attempts.map(({ outcome }) => outcome)).toEqual(Array(71).fill('answered'));
  });

  test('gives up after 5 s, and a late answer is too late', async () => {
    const clock = createManualClock();
    const { twenty, target } = await simulation({ clock });
    target.answerWith(() => 'never');
    twenty.workspace.create('note');
    await expect.poll(() => target.arrivals.length).toBe(1);
    await clock.advance(4_999);
    expect(twenty.attempts).toEqual([]);
    await clock.advance(1);
    await twenty.settled();
    expect(twenty.attempts).toMatchObject([{ outcome: 'timeout', status: undefined, durationMs: 5_000 }]);
  });

  test('swallows every failure and never tries again', async () => {
    const clock = createManualClock();
    const { twenty, target } = await simulation({ clock });
    const statuses = [500, 404, 429, 204];
    target.answerWith((_, index) => statuses[index] ?? 200);
    for (let made = 0; made < statuses.length; made += 1) {
      twenty.workspace.create('note');
      await twenty.settled();
    }
    // Nobody listens there, and nobody is given this port who asks for a free one.
    twenty.setTarget('http://127.0.0.1:9/');
    twenty.workspace.create('note');
    await twenty.settled();
    await clock.advance(48 * hourMs);
    await twenty.settled();
    expect(twenty.attempts.map(({ outcome, status }) => status ?? outcome)).toEqual([...statuses, 'refused']);
    expect(target.arrivals).toHaveLength(statuses.length);
  });

  test.each([
    ['hangs up in the middle of its answer', 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf'],
    ['switches protocols', 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'],
    ['speaks no HTTP', 'hello\r\n\r\n'],
  ])('a target that %s has refused', async (_, answer) => {
    const server = createServer((socket) => socket.once('data', () => socket.end(answer)).on('error', () => {}));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const twenty = await startTwentySimulator({ target: `http://127.0.0.1:${port}/` });
    onTestFinished(async () => {
      await twenty.close();
      server.close();
    });
    twenty.workspace.create('note');
    await twenty.settled();
    expect(twenty.attempts).toMatchObject([{ outcome: 'refused' }]);
  });
});

describe('documented delivery', () => {
  const delays = [minuteMs, 5 * minuteMs, 30 * minuteMs, 2 * hourMs, 12 * hourMs, 24 * hourMs];

  test('tries again on the guide’s schedule with the same bytes, then disables the webhook', async () => {
    const clock = createManualClock();
    const { twenty, target } = await simulation({ delivery: 'documented', clock });
    target.answerWith(() => 500);
    twenty.workspace.create('person');
    await twenty.settled();
    const isActive = async () => (await ask(twenty, 'GET', 'webhooks')).json[0].isActive;
    for (const [index, delayMs] of delays.entries()) {
      expect(await isActive()).toBe(true);
      await clock.advance(delayMs - 1);
      await twenty.settled();
      expect(target.arrivals).toHaveLength(index + 1);
      await clock.advance(1);
      await twenty.settled();
      expect(target.arrivals).toHaveLength(index + 2);
    }
    expect(await isActive()).toBe(false);
    expect(new Set(target.arrivals.map(({ body }) => body.toString())).size).toBe(1);
    expect(target.arrivals[0]?.json).toHaveProperty('data');
    expect(twenty.attempts.map(({ cause }) => cause)).toEqual(['change', ...Array(6).fill('retry')]);
    twenty.workspace.create('person');
    await clock.advance(100 * hourMs);
    await twenty.settled();
    expect(target.arrivals).toHaveLength(7);
  });

  test('anything but 200 is tried again, a 200 is the end', async () => {
    const clock = createManualClock();
    const { twenty, target } = await simulation({ delivery: 'documented', clock });
    target.answerWith((_, index) => [204, 302, 200][index] ?? 500);
    twenty.workspace.create('person');
    await twenty.settled();
    for (const delayMs of delays) {
      await clock.advance(delayMs);
      await twenty.settled();
    }
    expect(twenty.attempts.map(({ status }) => status)).toEqual([204, 302, 200]);
    expect((await ask(twenty, 'GET', 'webhooks')).json[0].isActive).toBe(true);
  });

  test('waits 30 s', async () => {
    const clock = createManualClock();
    const { twenty, target } = await simulation({ delivery: 'documented', format: 'server', clock });
    target.answerWith((_, index) => (index === 0 ? 'never' : 200));
    twenty.workspace.create('person');
    await expect.poll(() => target.arrivals.length).toBe(1);
    await clock.advance(29_999);
    expect(twenty.attempts).toEqual([]);
    await clock.advance(1);
    await twenty.settled();
    expect(twenty.attempts).toMatchObject([{ outcome: 'timeout' }]);
    await clock.advance(minuteMs);
    await twenty.settled();
    expect(twenty.attempts).toMatchObject([
      { outcome: 'timeout' },
      { outcome: 'answered', status: 200, cause: 'retry' },
    ]);
    expect(target.arrivals[0]?.body).toEqual(target.arrivals[1]?.body);
    const timestamps = target.arrivals.map(({ headers }) => Number(headers['x-twenty-webhook-timestamp']));
    expect((timestamps[1] ?? 0) - (timestamps[0] ?? 0)).toBe(minuteMs + 30_000);
  });
});

describe('subscriptions', () => {
  test.each([
    ['person.updated', ['person.updated']],
    ['*.updated', ['company.updated', 'person.updated']],
    ['person.*', ['person.created', 'person.updated']],
    ['metadata.webhook.created', ['metadata.webhook.created']],
    ['metadata.webhook.*', ['metadata.webhook.created', 'metadata.webhook.deleted', 'metadata.webhook.updated']],
    ['metadata.*.updated', ['metadata.webhook.updated']],
    ['metadata.*.*', ['metadata.webhook.created', 'metadata.webhook.deleted', 'metadata.webhook.updated']],
    ['metadata.*', []],
    ['*', []],
    ['person', []],
    ['people.*', []],
    [
      '*.*',
      [
        'company.created',
        'company.updated',
        'metadata.webhook.created',
        'metadata.webhook.deleted',
        'metadata.webhook.updated',
        'person.created',
        'person.updated',
      ],
    ],
  ])('%s', async (operation, events) => {
    const { twenty, target } = await simulation({ operations: [operation] });
    for (const object of ['person', 'company']) {
      const { id } = twenty.workspace.create(object);
      twenty.workspace.update(object, id, { position: 0 });
    }
    const { json } = await ask(twenty, 'POST', 'webhooks', { targetUrl: target.url, operations: ['rocket.created'] });
    await ask(twenty, 'PATCH', `webhooks/${json.id}`, { description: 'Sync' });
    await ask(twenty, 'DELETE', `webhooks/${json.id}`);
    await twenty.settled();
    expect(target.arrivals.map((arrival) => arrival.json.eventName).sort()).toEqual(events);
  });

  test('two webhooks on one URL get the same event, each with its own id', async () => {
    const { twenty, target } = await simulation();
    await ask(twenty, 'POST', 'webhooks', { targetUrl: target.url, operations: ['person.*'] });
    await twenty.settled();
    twenty.workspace.create('person');
    await twenty.settled();
    const bodies = target.arrivals.map(({ json }) => json).filter(({ eventName }) => eventName === 'person.created');
    expect(bodies).toHaveLength(2);
    expect(new Set(bodies.map(({ webhookId }) => webhookId)).size).toBe(2);
    expect(bodies[0].record).toEqual(bodies[1].record);
  });
});

describe('close', () => {
  test('ends what is under way, what waits, retries and the server', async () => {
    const target = await startRecordingTarget();
    target.answerWith(() => 'never');
    const twenty = await startTwentySimulator({ target: target.url, delivery: 'documented' });
    for (let made = 0; made < 25; made += 1) twenty.workspace.create('note');
    await expect.poll(() => target.arrivals.length).toBe(20);
    await twenty.close();
    await twenty.settled();
    await expect(fetch(`${twenty.origin}/rest/people`)).rejects.toThrow();
    twenty.workspace.create('note');
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(target.arrivals).toHaveLength(20);
    await target.close();
  });
});
