import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifySignature } from '@twenty-webhooks/core';
import { expect, onTestFinished, test } from 'vitest';
import { openBodySource, signAsPlanned } from './make-delivery.ts';
import { planSend, type SendOptions } from './send-plan.ts';

function writeTemporary(content: string | Uint8Array): string {
  const folder = mkdtempSync(join(tmpdir(), 'send-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'body.json'), content);
  return join(folder, 'body.json');
}

function open(options: Partial<SendOptions>, event?: string) {
  const given = { to: 'http://localhost:3000/x', times: '1', concurrency: '1' };
  return openBodySource(planSend({ ...given, ...options }, event));
}

const envelope = '{"id":"e","event":"task.created","timestamp":"2024-01-01T12:00:00Z","workspaceId":"w","data":{}}';

test('every sample is a new event', async () => {
  const source = await open({ set: ['record.jobTitle=Countess'] }, 'person.created');
  const bodies = [source.nextBody(), source.nextBody()].map((body) => JSON.parse(Buffer.from(body).toString()));
  expect(bodies).toMatchObject([{ record: { jobTitle: 'Countess' } }, { record: { jobTitle: 'Countess' } }]);
  expect(bodies[0].record.id).not.toBe(bodies[1].record.id);
});

test.each([
  ['the bytes of a file are left alone', new Uint8Array([0xef, 0xbb, 0xbf, 0xff, 0x0d, 0x0a])],
  ['also none at all', new Uint8Array()],
])('%s', async (_, bytes) => {
  const source = await open({ file: writeTemporary(bytes) });
  expect(Uint8Array.from(source.nextBody())).toEqual(bytes);
  expect(source).toMatchObject({ event: undefined, format: 'server' });
});

test('a file has the format of its body, unless another is asked for', async () => {
  const file = writeTemporary(envelope);
  expect(await open({ file })).toMatchObject({ event: 'task.created', format: 'envelope' });
  expect(await open({ file, format: 'server' })).toMatchObject({ event: 'task.created', format: 'server' });
});

test.each<[code: string, content: string, options: Partial<SendOptions>]>([
  ['FILE_NOT_JSON', '{"a":', { set: ['a=1'] }],
  ['FILE_NOT_JSON', '[1]', { set: ['a=1'] }],
  ['SET_INVALID', '{"a":1}', { set: ['a.b=1'] }],
  ['TAMPER_IMPOSSIBLE', '', { tamper: true }],
  ['OPTIONS_CONFLICT', envelope, { stale: true }],
])('%s before anything is sent: %s %j', async (code, content, options) => {
  await expect(open({ file: writeTemporary(content), ...options })).rejects.toMatchObject({ code });
});

test('what cannot be read, or set in a sample, is told before anything is sent', async () => {
  await expect(open({ file: tmpdir() })).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
  await expect(open({ set: ['eventName.a=1'] }, 'person.created')).rejects.toMatchObject({ code: 'SET_INVALID' });
});

test('a name that is set is the name that is told', async () => {
  const source = await open({ set: ['eventName=task.deleted'] }, 'person.created');
  expect(source.event).toBe('task.deleted');
});

test('--stale is 10 minutes old', async () => {
  const body = (await open({}, 'person.created')).nextBody();
  const { headers } = signAsPlanned(body, 'server', 'only for tests', 'stale');
  const timestamp = Number(headers['X-Twenty-Webhook-Timestamp'] ?? headers['x-twenty-webhook-timestamp']);
  expect((Date.now() - timestamp) / 60_000).toBeGreaterThanOrEqual(10);
  expect((Date.now() - timestamp) / 60_000).toBeLessThan(11);
});

test.each([
  ['tamper', 'SIGNATURE_MISMATCH'],
  ['stale', 'TIMESTAMP_TOO_OLD'],
] as const)('--%s spoils exactly that', async (twist, code) => {
  const secret = 'only for tests';
  const body = (await open({}, 'person.created')).nextBody();
  const genuine = signAsPlanned(body, 'server', secret, undefined);
  expect(await verifySignature(genuine.body, genuine.headers, { secret })).toMatchObject({ scheme: 'timestamped' });
  const spoiled = signAsPlanned(body, 'server', secret, twist);
  await expect(verifySignature(spoiled.body, spoiled.headers, { secret })).rejects.toMatchObject({ code });
});
