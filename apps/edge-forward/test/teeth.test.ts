import { sampleEvent, signDelivery } from '@twenty-webhooks/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundleWorker } from '../dev/bundle-worker.ts';
import { startWorkerd } from '../dev/start-workerd.ts';
import { type Behaviour, type SwitchableOrigin, startSwitchableOrigin } from './switchable-origin.ts';

// Wrong workers, each of which does one thing that edge-forward.test.ts forbids: what it looks at must tell them apart.

const secret = 'teeth';
const canary = 'canary-0815';
let code: string;
let origin: SwitchableOrigin;
beforeAll(async () => {
  code = await bundleWorker();
  origin = await startSwitchableOrigin(secret);
});
afterAll(() => origin.close());

/** Deliver an event that nobody would serialise like this, past an origin that behaves like this. */
async function deliver(workerCode: string, behaviour: Behaviour): Promise<object> {
  // Little patience only where nothing else ends it.
  const ORIGIN_TIMEOUT_MS = behaviour === 'hang' ? '1000' : '4000';
  const bindings = { TWENTY_WEBHOOK_SECRET: secret, ORIGIN_URL: origin.url, ORIGIN_TIMEOUT_MS };
  const worker = await startWorkerd(workerCode, { network: 'anything', bindings });
  origin.behaviour = behaviour;
  origin.arrived.length = 0;
  const { headers, body } = signDelivery(`${JSON.stringify(sampleEvent('person.created'), undefined, 3)}\n`, {
    secret,
  });
  const url = `${worker.origin}/webhooks/twenty`;
  const { status } = await fetch(url, { method: 'POST', headers: { ...headers, 'x-twenty-verified': canary }, body });
  await worker.close();
  const [arrived] = origin.arrived;
  return {
    status,
    isWhole: arrived?.body.equals(body),
    hasMore: JSON.stringify(arrived?.headers ?? {}).includes(canary),
  };
}

it.each<[string, string | RegExp, string, Behaviour]>([
  ['follows redirects', 'redirect: "manual"', 'redirect: "follow"', 302],
  ['takes any answer for a good one', 'if (!response.ok)', 'if (false)', 500],
  ['does not read the answer', 'of response.body ?? []', 'of []', 'break off'],
  ['answers before the origin does', 'await forward(', 'void forward(', 'hang'],
  [
    'serialises again',
    'body: delivery.bytes',
    'body: JSON.stringify(JSON.parse(new TextDecoder().decode(delivery.bytes)))',
    'receive',
  ],
  ['passes every header on', 'headersFor(delivery.headers)', 'delivery.headers', 'receive'],
])('a worker that %s is found out', async (_name, right, wrong, behaviour) => {
  const changed = code.replace(right, wrong);
  expect(changed).not.toBe(code);
  const good = { status: behaviour === 'receive' ? 200 : 503, isWhole: true, hasMore: false };
  expect(await deliver(code, behaviour)).toEqual(good);
  expect(await deliver(changed, behaviour)).not.toEqual(good);
});
