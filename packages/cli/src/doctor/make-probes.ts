import { type SignedDelivery, sampleEvent, signDelivery, type WireFormat } from '@twenty-webhooks/testing';
import { forged, makeForgeries, makeMalformed, makeTampered, makeUnsigned, post } from './make-forgeries.ts';
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
  const [object] = event.split('.');
  return [
    genuine('original-bytes', 'JSON in odd spelling', sign(oddJson(sameMoment(event, format, first)))),
    ...makeForgeries(format, settings),
    ...(isServer
      ? [
          forged('stale', '10 minutes old', sign(sample(), Date.now() - tenMinutesMs)),
          forged('stale-day', 'a day old', sign(sample(), Date.now() - dayMs)),
          forged('future', '10 minutes ahead', sign(sample(), Date.now() + tenMinutesMs)),
          post('replay', 'same request again', 'anything', first),
        ]
      : []),
    genuine('duplicate', isServer ? 'same event, new nonce' : 'same event again', sign(first.body)),
    ...(isServer
      ? [
          genuine('rerun', 'same event, new date', sign(rerun(first))),
          post('same-nonce', 'new event, same nonce', 'anything', withNonceOf(first, sign(sample()))),
        ]
      : []),
    genuine('same-record', 'same record, updated', sign(secondEvent(`${object}.updated`, format, first))),
    genuine('record-updated', `${object}.updated`, sign(sample(`${object}.updated`))),
    genuine('record-deleted', `${object}.deleted`, sign(sample(`${object}.deleted`))),
    makeEmptyGet(first),
    genuine('large-150-kb', 'record of 150 kB', sign(large(event, format, 150_000))),
    genuine('large-2-mb', 'record of 2 MB', sign(large(event, format, 2_000_000))),
    genuine('unknown-event', 'rocket.launched', sign(sample('rocket.launched'))),
    forged('not-json', 'signed, but no JSON', sign('{"eventName":"person.created","record":')),
    forged('not-an-event', 'signed, but no event', sign({ hello: 'world' })),
    makeMalformed(format, settings),
    genuine('metadata-view', 'metadata of a view', sign(sample('metadata.view.updated'))),
    genuine('metadata-object', 'metadata of an object', sign(sample('metadata.objectMetadata.updated'))),
    genuine('unknown-shape', 'event without record', sign(withoutRecord(format))),
  ];
}

/** For an endpoint that may take both formats: who verifies one of them may forget the other. */
export const makeTamperedEnvelope = (settings: ProbeSettings): Probe =>
  makeTampered('tampered-envelope', 'tampered (envelope)', 'envelope', settings);

/** What the endpoint has taken before, once more at the end: whether its answers still mean what they say. */
export const makeControl = (format: WireFormat, settings: ProbeSettings): Probe => ({
  ...makeFormatProbe(format, settings),
  name: 'control',
  sent: 'one more, at the end',
});

/** What still tells something where nothing genuine goes through. */
export function makeRefusalProbes(format: WireFormat, first: Probe, settings: ProbeSettings): readonly Probe[] {
  const { secret, event } = settings;
  const sample = sampleEvent(event, { format });
  const bytes = Buffer.from(JSON.stringify(sampleEvent(event, { format: 'envelope' })));
  // The guide's own code: JSON.stringify of what express.raw has made a Buffer.
  const { headers } = signDelivery(JSON.stringify(bytes), { secret, format: 'envelope' });
  return [
    makeTampered('tampered', 'tampered body', format, settings),
    makeUnsigned(format, settings),
    makeEmptyGet(first),
    genuine('original-bytes', 'JSON in odd spelling', signDelivery(oddJson(sample), { secret, format })),
    post('rewritten-bytes', 'JSON, Python spelling', 'anything', signDelivery(pythonJson(sample), { secret, format })),
    post('guide-code', "as the guide's code signs", 'anything', { headers, body: bytes }),
  ];
}

/** What a client makes of a POST that is answered with 301 or 302. */
function makeEmptyGet({ headers: { 'content-type': _, ...headers } }: Probe): Probe {
  const sent = 'empty GET, signed';
  return { name: 'empty-get', sent, expects: 'refuse', method: 'GET', headers, body: new Uint8Array() };
}

/** A field that everybody knows, so that nobody refuses it for its name. */
function large(event: string, format: WireFormat, bytes: number): object {
  const sample = sampleEvent(event, { format });
  const { record, data } = sample as { readonly record?: object; readonly data?: { readonly attributes?: object } };
  const fields = Object.entries(record ?? data?.attributes ?? {});
  const [field = 'name'] = fields.find(([name, value]) => textFields.test(name) && typeof value === 'string') ?? [];
  const state = { [field]: 'x'.repeat(bytes) };
  return sampleEvent(event, {
    format,
    overrides: format === 'server' ? { record: state } : { data: { attributes: state } },
  });
}

const textFields = /^(jobTitle|firstName|title|name)$/;

/** What happens next to the record of a probe. */
function secondEvent(name: string, format: WireFormat, first: Probe): object {
  const { record, data } = JSON.parse(textOf(first));
  const overrides = format === 'server' ? { record: { id: record?.id } } : { data: { id: data?.id } };
  return sampleEvent(name, { format, overrides });
}

/** Another record with the times of a probe's, as imports make them. */
function sameMoment(name: string, format: WireFormat, first: Probe): object {
  const { record, data } = JSON.parse(textOf(first));
  const { createdAt, updatedAt } = record ?? data?.attributes ?? {};
  const times = updatedAt === undefined ? {} : { createdAt, updatedAt };
  const overrides = format === 'server' ? { record: times } : { data: data?.attributes ? { attributes: times } : {} };
  return sampleEvent(name, { format, overrides });
}

/** The same event as Twenty makes it again where one of its jobs runs twice. */
const rerun = (first: Probe): object => ({ ...JSON.parse(textOf(first)), eventDate: new Date().toISOString() });

function withNonceOf(first: Probe, { headers, body }: SignedDelivery): SignedDelivery {
  const { 'x-twenty-webhook-nonce': nonce = '' } = first.headers;
  return { headers: { ...headers, 'x-twenty-webhook-nonce': nonce }, body };
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

const textOf = ({ body }: Probe): string => new TextDecoder().decode(body);

const tenMinutesMs = 10 * 60 * 1_000;
const dayMs = 24 * 60 * 60 * 1_000;
