import { randomBytes } from 'node:crypto';
import { type SignedDelivery, sampleEvent, signDelivery, type WireFormat } from '@twenty-webhooks/testing';
import { oddJson, pythonJson } from './odd-json.ts';
import type { Probe, ProbeName } from './probe.ts';

export interface ProbeSettings {
  readonly secret: string;
  /** An event that the endpoint handles. */
  readonly event: string;
}

/** The probe that must go through before others tell anything. */
export function makeFormatProbe(format: WireFormat, { secret, event }: ProbeSettings): Probe {
  const sent = format === 'server' ? event : `${event} (envelope)`;
  return genuine(`${format}-format`, sent, signDelivery(sampleEvent(event, { format }), { secret, format }));
}

/**
 * Make the other probes for an endpoint that takes deliveries of a format; `first` is the one that it took. What may stop
 * an endpoint for good comes last, and everything that needs timestamps and nonces is left out for the envelope format.
 */
export function makeProbes(format: WireFormat, first: Probe, settings: ProbeSettings): readonly Probe[] {
  const { secret, event } = settings;
  const sign = (body: string | object, timestamp?: number): SignedDelivery =>
    signDelivery(body, { secret, format, timestamp });
  const sample = (name = event): object => sampleEvent(name, { format });
  const isServer = format === 'server';
  const fresh = sign(sample());
  const { 'x-twenty-webhook-nonce': nonce = '' } = first.headers;
  return [
    genuine('original-bytes', 'JSON in odd spelling', sign(oddJson(sample()))),
    tampered('tampered', 'tampered body', format, settings),
    forged('wrong-secret', 'another secret', signDelivery(sample(), { secret: anotherSecret(), format })),
    ...makeUnsigned(format, event),
    ...(isServer
      ? [
          forged('stale', '10 minutes old', sign(sample(), Date.now() - tenMinutesMs)),
          forged('future', '10 minutes ahead', sign(sample(), Date.now() + tenMinutesMs)),
          post('replay', 'same request again', 'anything', first),
        ]
      : []),
    genuine('duplicate', isServer ? 'same event, new nonce' : 'same event again', sign(textOf(first))),
    ...(isServer
      ? [
          genuine('same-nonce', 'new event, same nonce', {
            ...fresh,
            headers: { ...fresh.headers, 'x-twenty-webhook-nonce': nonce },
          }),
        ]
      : []),
    makeEmptyGet(first),
    genuine('large-150-kb', 'record of 150 kB', sign(large(event, format, 150_000))),
    genuine('large-2-mb', 'record of 2 MB', sign(large(event, format, 2_000_000))),
    genuine('unknown-event', 'rocket.launched', sign(sample('rocket.launched'))),
    forged('not-json', 'signed, but no JSON', sign('{"eventName":"person.created","record":')),
    forged('not-an-event', 'signed, but no event', sign({ hello: 'world' })),
    forged('malformed-signature', 'malformed signature', malform(sign(sample()))),
    genuine('metadata-view', 'metadata of a view', sign(sample('metadata.view.updated'))),
    genuine('metadata-object', 'metadata of an object', sign(sample('metadata.objectMetadata.updated'))),
    genuine('unknown-shape', 'event without record', sign(withoutRecord(format))),
  ];
}

/** For an endpoint that takes both formats: who verifies one of them may forget the other. */
export const makeTamperedEnvelope = (settings: ProbeSettings): Probe =>
  tampered('tampered-envelope', 'tampered (envelope)', 'envelope', settings);

/** What still tells something where nothing genuine goes through. */
export function makeRefusalProbes(format: WireFormat, first: Probe, settings: ProbeSettings): readonly Probe[] {
  return [
    tampered('tampered', 'tampered body', format, settings),
    ...makeUnsigned(format, settings.event),
    makeEmptyGet(first),
    post('rewritten-bytes', 'JSON, Python spelling', 'anything', {
      ...signDelivery(pythonJson(sampleEvent(settings.event, { format })), { secret: settings.secret, format }),
    }),
  ];
}

const makeUnsigned = (format: WireFormat, event: string): readonly Probe[] => [
  forged('unsigned', 'no signature', signDelivery(sampleEvent(event, { format }), { secret: '', format })),
];

/** What a client makes of a POST that is answered with 301 or 302. */
function makeEmptyGet({ headers: { 'content-type': _, ...headers } }: Probe): Probe {
  const sent = 'empty GET, signed';
  return { name: 'empty-get', sent, expects: 'refuse', method: 'GET', headers, body: new Uint8Array() };
}

function tampered(name: ProbeName, sent: string, format: WireFormat, { secret, event }: ProbeSettings): Probe {
  const signed = sampleEvent(event, { format });
  const { headers } = signDelivery(signed, { secret, format });
  const { body } = signDelivery({ ...signed, workspaceId: 'another' }, { secret, format });
  return forged(name, sent, { headers, body });
}

/** As in the guide's own curl line. Its length alone makes `timingSafeEqual` throw. */
function malform({ headers, body }: SignedDelivery): SignedDelivery {
  const spoilt = Object.entries(headers).map(([name, value]) =>
    name.endsWith('-signature') ? [name, 'sha256=test-signature'] : [name, value],
  );
  return { headers: Object.fromEntries(spoilt), body };
}

function large(event: string, format: WireFormat, bytes: number): object {
  const state = { intro: 'x'.repeat(bytes) };
  return sampleEvent(event, {
    format,
    overrides: format === 'server' ? { record: state } : { data: { attributes: state } },
  });
}

/** A genuine event of a kind that nobody knows yet. */
function withoutRecord(format: WireFormat): object {
  const name = 'workspace.archived';
  const unwanted =
    format === 'server'
      ? { record: undefined, objectMetadata: undefined, updatedFields: undefined }
      : { data: undefined };
  return sampleEvent(name, { format, overrides: unwanted });
}

const genuine = (name: ProbeName, sent: string, delivery: SignedDelivery): Probe =>
  post(name, sent, 'accept', delivery);

const forged = (name: ProbeName, sent: string, delivery: SignedDelivery): Probe => post(name, sent, 'refuse', delivery);

function post(
  name: ProbeName,
  sent: string,
  expects: Probe['expects'],
  { headers, body }: Pick<Probe, 'headers' | 'body'>,
): Probe {
  return { name, sent, expects, method: 'POST', headers, body };
}

const textOf = ({ body }: Probe): string => new TextDecoder().decode(body);

const anotherSecret = (): string => randomBytes(32).toString('hex');

const tenMinutesMs = 10 * 60 * 1_000;
