import { isWebhookError, parseEvent, verifySignature } from '@twenty-webhooks/core';
import { describe, expect, it } from 'vitest';
import { makeFormatProbe, makeProbes, makeRefusalProbes, makeTamperedEnvelope } from './make-probes.ts';
import type { Probe } from './probe.ts';

const settings = { secret: 'only for tests', event: 'person.created' };

/** What this project's own verification makes of a probe. */
async function verdictOn({ headers, body }: Probe): Promise<string> {
  try {
    await verifySignature(body, headers, { secret: settings.secret });
    return (await parseEvent(body)).kind;
  } catch (error) {
    return isWebhookError(error) ? error.code : String(error);
  }
}

async function verdictsOn(probes: readonly Probe[]): Promise<object> {
  return Object.fromEntries(await Promise.all(probes.map(async (probe) => [probe.name, await verdictOn(probe)])));
}

describe('probes are what they are called', () => {
  const verdicts = {
    'original-bytes': 'record',
    tampered: 'SIGNATURE_MISMATCH',
    'wrong-secret': 'SIGNATURE_MISMATCH',
    'last-digit': 'SIGNATURE_MISMATCH',
    'forged-local': 'SIGNATURE_MISMATCH',
    'unsigned-local': 'SIGNATURE_MISSING',
    'empty-signature': 'SIGNATURE_MISSING',
    'same-record': 'record',
    'record-updated': 'record',
    'record-deleted': 'record',
    unsigned: 'SIGNATURE_MISSING',
    duplicate: 'record',
    'empty-get': 'SIGNATURE_MISMATCH',
    'large-150-kb': 'record',
    'large-2-mb': 'record',
    'unknown-event': 'record',
    'not-json': 'BODY_NOT_JSON',
    'not-an-event': 'BODY_NOT_EVENT',
    'malformed-signature': 'SIGNATURE_MALFORMED',
    'metadata-view': 'metadata',
    'metadata-object': 'metadata',
    'unknown-shape': 'unknown',
  };

  it('server', async () => {
    const first = makeFormatProbe('server', settings);
    expect(await verdictOn(first)).toBe('record');
    expect(await verdictsOn(makeProbes('server', first, settings))).toEqual({
      ...verdicts,
      'no-timestamp': 'TIMESTAMP_MISSING',
      stale: 'TIMESTAMP_TOO_OLD',
      'stale-day': 'TIMESTAMP_TOO_OLD',
      future: 'TIMESTAMP_IN_FUTURE',
      replay: 'record',
      rerun: 'record',
      'same-nonce': 'record',
    });
  });

  it('envelope, which has neither timestamps nor nonces', async () => {
    const first = makeFormatProbe('envelope', settings);
    expect(await verdictOn(first)).toBe('record');
    expect(await verdictsOn(makeProbes('envelope', first, settings))).toEqual(verdicts);
  });

  it('and those for endpoints that refuse everything or take both formats', async () => {
    const first = makeFormatProbe('server', settings);
    expect(await verdictsOn([...makeRefusalProbes('server', first, settings), makeTamperedEnvelope(settings)])).toEqual(
      {
        tampered: 'SIGNATURE_MISMATCH',
        unsigned: 'SIGNATURE_MISSING',
        'empty-get': 'SIGNATURE_MISMATCH',
        'original-bytes': 'record',
        'rewritten-bytes': 'record',
        'guide-code': 'SIGNATURE_MISMATCH',
        'tampered-envelope': 'SIGNATURE_MISMATCH',
      },
    );
  });
});

it('repeats the event, the request or the nonce, and nothing else', () => {
  const first = makeFormatProbe('server', settings);
  const probes = makeProbes('server', first, settings);
  const find = (name: string): Probe | undefined => probes.find((probe) => probe.name === name);
  const jsonOf = (probe: Probe | undefined) => JSON.parse(new TextDecoder().decode(probe?.body));
  const nonceOf = (probe: Probe | undefined): string | undefined => probe?.headers['x-twenty-webhook-nonce'];
  expect(find('replay')).toMatchObject({ headers: first.headers, body: first.body });
  expect(find('duplicate')?.body).toEqual(first.body);
  expect(nonceOf(find('duplicate'))).not.toBe(nonceOf(first));
  expect(nonceOf(find('same-nonce'))).toBe(nonceOf(first));
  expect(find('same-nonce')?.body).not.toEqual(first.body);
  const { record, ...event } = jsonOf(first);
  expect(jsonOf(find('rerun'))).toEqual({ record, ...event, eventDate: expect.any(String) });
  expect(find('same-record')?.body).not.toEqual(first.body);
  expect(jsonOf(find('same-record'))).toMatchObject({ eventName: 'person.updated', record: { id: record.id } });
  expect(jsonOf(find('original-bytes')).record).toMatchObject({ updatedAt: record.updatedAt });
  expect(jsonOf(find('original-bytes')).record.id).not.toBe(record.id);
  const bodies = probes
    .filter(({ name }) => !['replay', 'duplicate', 'rerun'].includes(name))
    .map(({ body }) => String(body));
  expect(new Set(bodies).size).toBe(bodies.length);
});

it('is larger than the usual limits: 100 kB, and 1 MB', () => {
  const sizes = makeProbes('server', makeFormatProbe('server', settings), settings)
    .filter(({ name }) => name.startsWith('large'))
    .map(({ body }) => Math.round(body.length / 1_000));
  expect(sizes).toEqual([151, 2_001]);
});

it('is 10 minutes old, a day old, and 10 minutes ahead', () => {
  const probes = makeProbes('server', makeFormatProbe('server', settings), settings);
  const minutes = ['stale', 'stale-day', 'future'].map((name) => {
    const { 'x-twenty-webhook-timestamp': timestamp } = probes.find((probe) => probe.name === name)?.headers ?? {};
    return Math.round((Date.now() - Number(timestamp)) / 60_000);
  });
  expect(minutes).toEqual([10, 1_440, -10]);
});

it('is large in a field that is known', () => {
  for (const [event, format, field] of [
    ['person.created', 'server', 'jobTitle'],
    ['person.created', 'envelope', 'firstName'],
    ['note.created', 'server', 'title'],
  ] as const) {
    const own = { ...settings, event };
    const probes = makeProbes(format, makeFormatProbe(format, own), own);
    const { record, data } = JSON.parse(
      new TextDecoder().decode(probes.find(({ name }) => name === 'large-150-kb')?.body),
    );
    expect((record ?? data.attributes)[field]).toHaveLength(150_000);
  }
});

it('takes any event of a record', () => {
  const settingsOf = { ...settings, event: 'rocket.updated' };
  const first = makeFormatProbe('server', settingsOf);
  const names = makeProbes('server', first, settingsOf)
    .filter(({ name }) => name.startsWith('large'))
    .map(({ body }) => JSON.parse(new TextDecoder().decode(body)).eventName);
  expect(names).toEqual(['rocket.updated', 'rocket.updated']);
});
