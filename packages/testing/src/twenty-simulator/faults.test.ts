import { createHmac } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import type { Arrival } from './testdata/recording-target.ts';
import { ask, simulations } from './testdata/simulation.ts';

const simulation = simulations(onTestFinished);
const timestamp = 'x-twenty-webhook-timestamp';
const signature = 'x-twenty-webhook-signature';
const nonce = 'x-twenty-webhook-nonce';

const isSignedWith = (secret: string, { headers, body }: Arrival): boolean =>
  headers[signature] === createHmac('sha256', secret).update(`${headers[timestamp]}:`).update(body).digest('hex');

test('duplicate: the same bytes under a new nonce', async () => {
  const { twenty, target } = await simulation({ faults: { duplicate: 1 } });
  twenty.workspace.create('person');
  await twenty.settled();
  const [one, two] = target.arrivals;
  expect(target.arrivals).toHaveLength(2);
  expect(one?.body).toEqual(two?.body);
  expect(one?.headers[nonce]).not.toBe(two?.headers[nonce]);
  expect(target.arrivals.every((arrival) => isSignedWith(twenty.secret, arrival))).toBe(true);
  expect(twenty.attempts.map(({ cause }) => cause)).toEqual(['change', 'duplicate']);
});

test.each([
  ['server', 'eventDate'],
  ['envelope', 'timestamp'],
] as const)('refanout in the %s format: only %s changes', async (format, date) => {
  const { twenty, target } = await simulation({ format, faults: { refanout: 1 } });
  twenty.workspace.create('person');
  await twenty.settled();
  const [one, two] = target.arrivals.map(({ json }) => json);
  expect(one[date]).not.toBe(two[date]);
  expect({ ...one, [date]: '' }).toEqual({ ...two, [date]: '' });
  expect(twenty.attempts.map(({ cause }) => cause)).toEqual(['change', 'refanout']);
});

test('shares are taken of `random`, one event at a time', async () => {
  const numbers = [0.1, 0.5, 0.9, 0.19];
  let asked = 0;
  const random = () => numbers[asked++ % numbers.length] ?? 0;
  const { twenty, target } = await simulation({ random, faults: { drop: 0.2 } });
  for (let made = 0; made < 8; made += 1) twenty.workspace.create('note', { title: String(made) });
  await twenty.settled();
  expect(target.arrivals.map(({ json }) => json.record.title).sort()).toEqual(['1', '2', '5', '6']);
  const dropped = twenty.attempts.filter(({ outcome }) => outcome === 'dropped');
  expect(dropped.map(({ body }) => JSON.parse(Buffer.from(body).toString()).record.title)).toEqual([
    '0',
    '3',
    '4',
    '7',
  ]);
  expect(dropped[0]).toMatchObject({ event: 'note.created', status: undefined, headers: {}, cause: 'change' });
  twenty.setFaults({});
  twenty.workspace.create('note', { title: '8' });
  await twenty.settled();
  expect(target.arrivals).toHaveLength(5);
});

test('shuffle: what waits goes out in another order, all of it', async () => {
  const { twenty, target } = await simulation();
  const burst = async () => {
    const [sent, arrived] = [twenty.attempts.length, target.arrivals.length];
    twenty.hold();
    for (let made = 0; made < 100; made += 1) twenty.workspace.create('note', { title: String(made) });
    twenty.release();
    await twenty.settled();
    expect(target.arrivals).toHaveLength(arrived + 100);
    // In the order in which they were sent; they may overtake each other on the way.
    return twenty.attempts.slice(sent).map(({ body }) => Number(JSON.parse(Buffer.from(body).toString()).record.title));
  };
  const inOrder = [...Array(100).keys()];
  expect(await burst()).toEqual(inOrder);
  twenty.setFaults({ shuffle: true });
  const shuffled = await burst();
  expect(shuffled).not.toEqual(inOrder);
  expect([...shuffled].sort((a, b) => a - b)).toEqual(inOrder);
  // Not only neighbours: the first third holds some of the last.
  expect(Math.max(...shuffled.slice(0, 33))).toBeGreaterThan(66);
});

test('shuffle with a `random` that gives 1: all goes out all the same', async () => {
  const { twenty, target } = await simulation({ random: () => 1, faults: { shuffle: true } });
  for (let made = 0; made < 3; made += 1) twenty.workspace.create('note');
  await twenty.settled();
  expect(target.arrivals).toHaveLength(3);
});

test('a redirect to a target that no header can carry', async () => {
  const { twenty, target } = await simulation({ faults: { redirect: 307 } });
  twenty.setTarget(`${target.url}/日本`);
  twenty.workspace.create('note');
  await twenty.settled();
  expect(target.arrivals.map(({ path }) => path)).toEqual(['/webhooks/twenty/%E6%97%A5%E6%9C%AC']);
});

test.each([301, 302] as const)('redirect %i: an empty GET that keeps the signature', async (redirect) => {
  const { twenty, target } = await simulation({ faults: { redirect } });
  target.answerWith(() => 405);
  twenty.workspace.create('person');
  await twenty.settled();
  const { method, path, headers, body } = target.arrivals[0] ?? expect.fail();
  expect({ method, path, length: body.length }).toEqual({ method: 'GET', path: '/webhooks/twenty', length: 0 });
  expect(headers[signature]).toMatch(/^[0-9a-f]{64}$/);
  expect(headers[timestamp]).toMatch(/^\d{13}$/);
  expect(headers[nonce]).toMatch(/^[0-9a-f]{32}$/);
  expect(headers['content-type']).toBeUndefined();
  expect(headers['content-length']).toBeUndefined();
  expect(twenty.attempts).toMatchObject([{ status: 405, url: target.url }]);
});

test.each([307, 308] as const)('redirect %i: method, body and signature stay', async (redirect) => {
  const { twenty, target } = await simulation({ faults: { redirect } });
  twenty.workspace.create('person');
  await twenty.settled();
  const arrival = target.arrivals[0] ?? expect.fail();
  expect(arrival.method).toBe('POST');
  expect(arrival.headers['content-type']).toBe('application/json');
  expect(isSignedWith(twenty.secret, arrival)).toBe(true);
  expect(arrival.json.targetUrl).toBe(target.url);
});

test('redirects of the target itself are followed, but not for ever', async () => {
  const { twenty, target } = await simulation();
  target.answerWith(({ path }) => (path === '/elsewhere' ? 200 : { status: 308, headers: { location: '/elsewhere' } }));
  twenty.workspace.create('person');
  await twenty.settled();
  expect(target.arrivals.map(({ path }) => path)).toEqual(['/webhooks/twenty', '/elsewhere']);
  target.answerWith(() => ({ status: 307, headers: { location: target.url } }));
  twenty.workspace.create('person');
  await twenty.settled();
  expect(twenty.attempts.map(({ outcome }) => outcome)).toEqual(['answered', 'refused']);
});

test.each([
  ['rotateSecret', undefined],
  ['a PATCH', 'by rest'],
] as const)('staleSecret: after %s so many deliveries are still signed with the old one', async (_, byRest) => {
  const { twenty, target } = await simulation({ operations: ['note.*'], faults: { staleSecret: 2 } });
  const old = twenty.secret;
  const [webhook] = (await ask(twenty, 'GET', 'webhooks')).json;
  if (byRest !== undefined) await ask(twenty, 'PATCH', `webhooks/${webhook.id}`, { secret: 'new' });
  else expect(twenty.rotateSecret('new')).toBe('new');
  expect(twenty.secret).toBe('new');
  for (let made = 0; made < 4; made += 1) {
    twenty.workspace.create('note');
    await twenty.settled();
  }
  expect(target.arrivals.map((arrival) => isSignedWith(old, arrival))).toEqual([true, true, false, false]);
  expect(target.arrivals.map((arrival) => isSignedWith('new', arrival))).toEqual([false, false, true, true]);
  expect(twenty.rotateSecret()).toMatch(/^[0-9a-f]{64}$/);
});

test('a new target counts for what is held', async () => {
  const { twenty, target } = await simulation();
  const { target: other } = await simulation();
  twenty.hold();
  twenty.workspace.create('note');
  twenty.setTarget(other.url);
  twenty.release();
  await twenty.settled();
  expect([target.arrivals.length, other.arrivals.length]).toEqual([0, 1]);
});

test('observe gets every attempt', async () => {
  const seen: string[] = [];
  const { twenty } = await simulation({ observe: ({ event, outcome }) => void seen.push(`${event} ${outcome}`) });
  twenty.workspace.create('note');
  await twenty.settled();
  twenty.setFaults({ drop: 1 });
  twenty.workspace.create('task');
  expect(seen).toEqual(['note.created answered', 'task.created dropped']);
});
