import { createHash, createHmac } from 'node:crypto';
import { createReceiver } from '@twenty-webhooks/core';
import { toNodeHandler } from '@twenty-webhooks/core/node';
import { expect, onTestFinished, test } from 'vitest';
import { goldenVectors } from '../golden-vectors.ts';
import { signDelivery } from '../sign-delivery.ts';
import { startTestServer } from '../test-server.ts';
import { startTwentySimulator } from './start-twenty-simulator.ts';
import { simulations } from './testdata/simulation.ts';

const simulation = simulations(onTestFinished);

// Not by the project's own verifier, which could share a mistake. HMAC written out, as RFC 2104 has it, and checked
// against what Python made.
function hmacHex(secret: string, message: Buffer): string {
  const hash = (...parts: readonly Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest();
  const text = Buffer.from(secret);
  const key = Buffer.concat([text.length > 64 ? hash(text) : text, Buffer.alloc(64)]).subarray(0, 64);
  const padded = (byte: number) => key.map((value) => value ^ byte);
  return hash(padded(0x5c), hash(padded(0x36), message)).toString('hex');
}
const message = (timestamp: unknown, body: Uint8Array) => Buffer.concat([Buffer.from(`${timestamp}:`), body]);
const signatureName = { server: 'x-twenty-webhook-signature', envelope: 'x-twenty-signature' } as const;

const genuine = goldenVectors().filter(
  ({ expected, secrets, headers, format }) =>
    expected === 'valid' && secrets.length === 1 && headers[signatureName[format]] !== undefined,
);

test.each(genuine)('$name: signed the same, byte for byte', ({ format, secrets: [secret = ''], headers, body }) => {
  const timestamp = headers['x-twenty-webhook-timestamp'];
  const made = signDelivery(body, {
    secret,
    format,
    timestamp: timestamp === undefined ? undefined : Number(timestamp),
  });
  const { 'x-twenty-webhook-nonce': nonce, ...rest } = made.headers;
  const { 'x-twenty-webhook-nonce': goldenNonce, ...golden } = headers;
  const names =
    format === 'server'
      ? ['content-type', 'x-twenty-webhook-timestamp', signatureName.server]
      : ['content-type', signatureName.envelope];
  for (const name of names) {
    // Some vectors are about how a client or a proxy wrote them, which is no business of the signer.
    expect([name, rest[name]?.toLowerCase()]).toEqual([name, golden[name]?.trim().toLowerCase()]);
  }
  expect(nonce?.length).toBe(format === 'server' ? 32 : undefined);
  expect(goldenNonce === undefined || goldenNonce.length === 32).toBe(true);
  // The reference of the tests below agrees with Python as well.
  const reference =
    format === 'server' ? hmacHex(secret, message(timestamp, body)) : `sha256=${hmacHex(secret, Buffer.from(body))}`;
  expect(golden[signatureName[format]]?.trim().toLowerCase()).toBe(reference);
});

test('there are vectors of both formats', () => {
  expect(genuine.filter(({ format }) => format === 'server').length).toBeGreaterThan(10);
  expect(genuine.filter(({ format }) => format === 'envelope').length).toBeGreaterThan(3);
});

test('what arrives in the server format is signed over the very bytes, with the time in milliseconds', async () => {
  const { twenty, target } = await simulation({ secret: 'Geheim-é' });
  const before = Date.now();
  // U+2028 and lone surrogates: what JSON writers differ about.
  twenty.workspace.create('person', { name: { firstName: 'Zoë 🚀', lastName: 'D’Arc\u2028 \ud800 </script>' } });
  twenty.workspace.create('note', { title: '1e2 – 10.50' });
  await twenty.settled();
  expect(target.arrivals).toHaveLength(2);
  for (const { method, headers, body, json } of target.arrivals) {
    const timestamp = headers['x-twenty-webhook-timestamp'];
    expect(headers[signatureName.server]).toBe(hmacHex('Geheim-é', message(timestamp, body)));
    expect(headers[signatureName.server]).toBe(
      createHmac('sha256', 'Geheim-é').update(`${timestamp}:`).update(body).digest('hex'),
    );
    expect(Number(timestamp)).toBeGreaterThanOrEqual(before);
    expect(Number(timestamp)).toBeLessThanOrEqual(Date.now());
    expect(headers['x-twenty-webhook-nonce']).toMatch(/^[0-9a-f]{32}$/);
    expect(headers['content-type']).toBe('application/json');
    expect(headers['user-agent']).toMatch(/^axios\/\d/);
    expect(headers['content-encoding']).toBeUndefined();
    expect(headers['content-length']).toBe(String(body.length));
    expect(headers['x-twenty-signature']).toBeUndefined();
    expect(method).toBe('POST');
    // Compact, and nothing but JSON.stringify.
    expect(body.toString()).toBe(JSON.stringify(json));
  }
});

test('what arrives in the envelope format has the guide’s signature', async () => {
  const { twenty, target } = await simulation({ format: 'envelope' });
  twenty.workspace.create('person', { name: { firstName: 'Zoë', lastName: 'D’Arc' } });
  await twenty.settled();
  const { headers, body } = target.arrivals[0] ?? expect.fail();
  expect(headers['x-twenty-signature']).toBe(`sha256=${hmacHex(twenty.secret, body)}`);
  expect(Object.keys(headers).filter((name) => name.startsWith('x-twenty-'))).toEqual(['x-twenty-signature']);
});

test('with an empty secret nothing is signed; without one, one is made of 64 hex characters', async () => {
  const { twenty, target } = await simulation({ secret: '' });
  twenty.workspace.create('person');
  await twenty.settled();
  expect(Object.keys(target.arrivals[0]?.headers ?? {}).filter((name) => name.startsWith('x-twenty'))).toEqual([]);
  expect(twenty.secret).toBe('');
  const { twenty: other } = await simulation();
  expect(other.secret).toMatch(/^[0-9a-f]{64}$/);
});

test.each(['server', 'envelope'] as const)('createReceiver takes the %s format', async (format) => {
  const twenty = await startTwentySimulator({ format });
  const seen: string[] = [];
  const receiver = createReceiver({ secret: twenty.secret, on: { '*.*': ({ event }) => void seen.push(event) } });
  const server = await startTestServer(toNodeHandler(receiver));
  onTestFinished(async () => {
    await twenty.close();
    await server.close();
    await receiver.close({ graceMs: 0 });
  });
  twenty.setTarget(`${server.origin}/webhooks/twenty`);
  const { id } = twenty.workspace.create('person');
  await twenty.settled();
  twenty.workspace.destroy('person', id);
  await twenty.settled();
  expect(seen).toEqual(['person.created', 'person.destroyed']);
  expect(twenty.attempts.map(({ status }) => status)).toEqual([200, 200]);
});
