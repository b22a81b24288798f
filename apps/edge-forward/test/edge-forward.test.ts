import { request as httpRequest } from 'node:http';
import { goldenVectors, type SignDeliveryOptions, sampleEvent, signDelivery } from '@twenty-webhooks/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bundleWorker } from '../dev/bundle-worker.ts';
import { startWorkerd, type Workerd } from '../dev/start-workerd.ts';
import { type Behaviour, originToken, type SwitchableOrigin, startSwitchableOrigin } from './switchable-origin.ts';

const secret = 'edge-secret-4711';
const canary = 'canary-0815';
/** For an origin that does not answer; one that does has the app's own limit, however busy this machine is. */
const shortTimeoutMs = 400;

let code: string;
let origin: SwitchableOrigin;
let worker: Workerd;
/** The same, with little patience. */
let hasty: Workerd;
const started: Workerd[] = [];
async function start(bindings: Readonly<Record<string, string>>): Promise<Workerd> {
  const one = await startWorkerd(code, { network: 'anything', bindings });
  started.push(one);
  return one;
}
beforeAll(async () => {
  code = await bundleWorker();
  origin = await startSwitchableOrigin(secret);
  const bindings = { TWENTY_WEBHOOK_SECRET: secret, ORIGIN_URL: origin.url };
  worker = await start(bindings);
  hasty = await start({ ...bindings, ORIGIN_TIMEOUT_MS: String(shortTimeoutMs) });
});
afterAll(async () => {
  await Promise.all(started.map((one) => one.close()));
  await origin?.close();
});
beforeEach(() => {
  origin.behaviour = 'receive';
  for (const list of [origin.arrived, origin.strays, origin.handled]) list.length = 0;
});
// Whatever a test is about: nothing of the secret, of the origin's URL or of a body comes back or into the log.
const answers: string[] = [];
afterEach(() => {
  for (const text of [...answers, ...started.map(({ output }) => output)]) {
    for (const hidden of [secret, canary, originToken]) expect(text).not.toContain(hidden);
  }
});

interface Reply {
  readonly status: number;
  readonly json: unknown;
  readonly tookMs: number;
}

async function post(
  { headers, body }: { readonly headers: Readonly<Record<string, string>>; readonly body: Uint8Array<ArrayBuffer> },
  to: Workerd = worker,
): Promise<Reply> {
  const startedAtMs = performance.now();
  const response = await fetch(`${to.origin}/webhooks/twenty`, { method: 'POST', headers, body, redirect: 'manual' });
  const text = await response.text();
  answers.push(JSON.stringify([...response.headers]), text);
  return { status: response.status, json: JSON.parse(text), tookMs: performance.now() - startedAtMs };
}

const newDelivery = (
  body: string | Uint8Array | object = sampleEvent('person.created'),
  options?: Partial<SignDeliveryOptions>,
) => signDelivery(body, { secret, ...options });
/** Of the events of earlier tests, some may still be handled meanwhile. */
async function isHandledOnce(answer: unknown): Promise<void> {
  const { id } = answer as { readonly id: string };
  await expect.poll(() => origin.handled).toContain(id);
  expect(origin.handled.filter((one) => one === id)).toEqual([id]);
}
const unavailable = { error: 'UNAVAILABLE' };

describe('a genuine delivery', () => {
  it.each(['server', 'envelope'] as const)(
    'in the %s format is forwarded, and verified again by the origin',
    async (format) => {
      const delivery = newDelivery(sampleEvent('person.created', { format }), { format });
      const { status, json } = await post(delivery);
      expect([status, json]).toEqual([200, { status: 'forwarded', id: expect.any(String) }]);
      await isHandledOnce(json);
      expect(origin.arrived.map(({ body }) => body)).toEqual([Buffer.from(delivery.body)]);
    },
  );

  it('comes with what Twenty signs with, and nothing else of the sender', async () => {
    const { headers, body } = newDelivery();
    await post({
      headers: {
        ...headers,
        cookie: canary,
        authorization: canary,
        'x-edge-verified': canary,
        'x-twenty-verified': canary,
        'x-forwarded-for': canary,
      },
      body,
    });
    const { headers: arrived = {} } = origin.arrived[0] ?? {};
    expect(JSON.stringify(arrived)).not.toContain(canary);
    const signed = Object.entries(headers).filter(([name]) => name.startsWith('x-twenty-'));
    expect(signed.length).toBeGreaterThanOrEqual(3);
    expect(arrived).toMatchObject({ ...Object.fromEntries(signed), 'content-type': 'application/json' });
  });

  const hostile = goldenVectors().filter(({ name, expected }) => name.startsWith('bytes/') && expected === 'valid');
  it.each(hostile)('with the bytes of $name arrives byte for byte', async ({ body }) => {
    expect((await post(newDelivery(body))).status).toBe(200);
    expect(Buffer.compare(origin.arrived[0]?.body ?? Buffer.of(), Buffer.from(body))).toBe(0);
  });

  it('of 100 kB beyond ASCII arrives byte for byte', async () => {
    const note = 'Zoë schrieb 🚀 “ﬁ”\u2028 '.repeat(3_500);
    const delivery = newDelivery(sampleEvent('note.created', { overrides: { record: { title: note } } }));
    expect(delivery.body.length).toBeGreaterThan(100_000);
    expect((await post(delivery)).status).toBe(200);
    expect(Buffer.compare(origin.arrived[0]?.body ?? Buffer.of(), Buffer.from(delivery.body))).toBe(0);
  });

  it('that comes twice is forwarded twice: the origin knows duplicates', async () => {
    const delivery = newDelivery();
    const [first, second] = [await post(delivery), await post(delivery)];
    expect([first.status, second.status, second.json]).toEqual([200, 200, first.json]);
    expect(origin.arrived.length).toBe(2);
    await isHandledOnce(second.json);
  });
});

describe('what is not genuine never reaches the origin', () => {
  const { headers, body } = newDelivery();
  it.each<[string, Parameters<typeof post>[0], number, string]>([
    ['tampered', { headers, body: new TextEncoder().encode(`{"event":"${canary}"}`) }, 401, 'SIGNATURE_MISMATCH'],
    ['unsigned', { headers: {}, body }, 401, 'SIGNATURE_MISSING'],
    ['old', newDelivery(undefined, { timestamp: 1_000 }), 401, 'TIMESTAMP_TOO_OLD'],
    ['no JSON', newDelivery(`${canary} is no JSON`), 400, 'BODY_NOT_JSON'],
    ['empty', newDelivery(''), 400, 'BODY_EMPTY'],
    ['compressed', { headers: { ...headers, 'content-encoding': 'gzip' }, body }, 415, 'CONTENT_ENCODING_UNSUPPORTED'],
  ])('%s', async (_name, delivery, status, error) => {
    expect(await post(delivery)).toMatchObject({ status, json: { error } });
    expect(origin.arrived).toEqual([]);
  });

  it.each<[string, Readonly<Record<string, string>>, number]>([
    ['too large', { 'content-length': String(5 * 1024 * 1024 + 1) }, 10],
    ['too large, in chunks', {}, 5 * 1024 * 1024 + 1],
  ])('%s', async (_name, framing, bytes) => {
    const options = { method: 'POST', headers: { ...headers, ...framing } };
    const request = httpRequest(`${worker.origin}/webhooks/twenty`, options).on('error', () => {});
    const status = new Promise((resolve) => request.on('response', (response) => resolve(response.statusCode)));
    // No more than it takes to tell: what a server does not read may cost its answer.
    request.write(Buffer.alloc(bytes));
    expect(await status).toBe(413);
    request.destroy();
    expect(origin.arrived).toEqual([]);
  });

  it('a GET', async () => {
    const response = await fetch(`${worker.origin}/webhooks/twenty`);
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
    expect(origin.arrived).toEqual([]);
  });

  it('another path', async () => {
    const elsewhere = await fetch(`${worker.origin}/`, { method: 'POST', headers, body });
    expect([elsewhere.status, origin.arrived]).toEqual([404, []]);
  });
});

describe('what the origin has not taken is not acknowledged', () => {
  it.each<[Behaviour, RegExp]>([
    ['hang', /has not taken evt_\w+: .*time/i],
    ['hang up', /has not taken evt_\w+: /],
    ['break off', /has not taken evt_\w+: /],
    ['stall', /has not taken evt_\w+: .*time/i],
    [302, /it answered 302/],
    [307, /it answered 307/],
    [304, /it answered 304/],
    [404, /it answered 404/],
    [500, /it answered 500/],
  ])('%s: 503 in time, and a line in the log', async (behaviour, line) => {
    origin.behaviour = behaviour;
    const isSilent = behaviour === 'hang' || behaviour === 'stall';
    const asked = isSilent ? hasty : worker;
    const logged = asked.output.length;
    const { status, json, tookMs } = await post(newDelivery(), asked);
    expect([status, json]).toEqual([503, unavailable]);
    // Before Twenty hangs up; with a limit of its own sooner than without.
    expect(tookMs).toBeLessThan(isSilent ? 3_500 : 5_000);
    expect([origin.arrived.length, origin.strays]).toEqual([1, []]);
    await expect.poll(() => asked.output.slice(logged)).toMatch(line);
  });

  it('an answer that comes too late: 503; what is sent again is a duplicate there, and a 200', async () => {
    origin.behaviour = 'receive late';
    const delivery = newDelivery();
    expect((await post(delivery, hasty)).status).toBe(503);
    origin.letGo();
    await expect.poll(() => origin.handled.length).toBeGreaterThan(0);
    origin.behaviour = 'receive';
    const { status, json } = await post(delivery);
    expect([status, origin.arrived.length]).toEqual([200, 2]);
    await isHandledOnce(json);
  });

  it('an origin with another secret: 503', async () => {
    const other = await startSwitchableOrigin('another');
    const mistaken = await start({ TWENTY_WEBHOOK_SECRET: secret, ORIGIN_URL: other.url });
    expect(await post(newDelivery(), mistaken)).toMatchObject({ status: 503, json: unavailable });
    await expect.poll(() => mistaken.output).toContain('it answered 401');
    await Promise.all([mistaken.close(), other.close()]);
  });

  it('no origin at all: 503', async () => {
    const gone = await startSwitchableOrigin(secret);
    await gone.close();
    const alone = await start({ TWENTY_WEBHOOK_SECRET: secret, ORIGIN_URL: gone.url });
    expect(await post(newDelivery(), alone)).toMatchObject({ status: 503, json: unavailable });
    await expect.poll(() => alone.output).toMatch(/has not taken evt_\w+: ./);
    await alone.close();
  });

  it('a body that trickles: 503 before Twenty hangs up', async () => {
    const trickle = async (): Promise<number> => {
      const { headers } = newDelivery();
      const options = { method: 'POST', headers };
      const request = httpRequest(`${worker.origin}/webhooks/twenty`, options).on('error', () => {});
      const startedAtMs = performance.now();
      request.write('{');
      const status = await new Promise((resolve) => request.on('response', (response) => resolve(response.statusCode)));
      request.destroy();
      expect(status).toBe(503);
      return performance.now() - startedAtMs;
    };
    // The time between its limit and Twenty's is short: a machine that is busy once gets another try.
    let tookMs = Number.POSITIVE_INFINITY;
    for (let left = 3; left > 0 && tookMs >= 5_000; left--) tookMs = await trickle();
    expect(tookMs).toBeLessThan(5_000);
    expect(origin.arrived).toEqual([]);
  }, 60_000);
});

it.each([`https://user:pass/${canary}@crm.example.com/`, `http://127.0.0.1:99999/?token=${canary}`])(
  'with an origin such as %s it answers 503 and does not log it',
  async (url) => {
    const mistaken = await start({ TWENTY_WEBHOOK_SECRET: secret, ORIGIN_URL: url });
    expect(await post(newDelivery(), mistaken)).toMatchObject({ status: 503, json: unavailable });
    await expect.poll(() => mistaken.output).toContain('ORIGIN_URL is wrong: ');
    await mistaken.close();
  },
);

it('without its variables it answers 503 and logs their names', async () => {
  const bare = await start({ ORIGIN_URL: `ftp://${canary}` });
  expect(await post(newDelivery(), bare)).toMatchObject({ status: 503, json: unavailable });
  await expect.poll(() => bare.output).toMatch(/TWENTY_WEBHOOK_SECRET is missing: [\s\S]*ORIGIN_URL is wrong: /);
  expect(bare.output).not.toContain(canary);
  await bare.close();
});
