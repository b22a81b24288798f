import { randomBytes } from 'node:crypto';
import { type SignedDelivery, sampleEvent, signDelivery, type WireFormat } from '@twenty-webhooks/testing';
import type { ProbeSettings } from './make-probes.ts';
import type { Probe, ProbeName } from './probe.ts';

/** Make what nobody should take, each for another way in which a check can be missing or wrong. */
export function makeForgeries(format: WireFormat, settings: ProbeSettings): readonly Probe[] {
  const { secret, event } = settings;
  const sign = (key: string): SignedDelivery => signDelivery(sampleEvent(event, { format }), { secret: key, format });
  const another = (): SignedDelivery => sign(randomBytes(32).toString('hex'));
  const { headers, body } = another();
  const { 'x-twenty-webhook-timestamp': _, ...timeless } = headers;
  return [
    makeTampered('tampered', 'tampered body', format, settings),
    forged('wrong-secret', 'another secret', another()),
    forged('last-digit', 'last digit changed', withSignature(sign(secret), changeLastDigit)),
    ...(format === 'server' ? [forged('no-timestamp', 'forged, no timestamp', { headers: timeless, body })] : []),
    forged('forged-local', 'forged, "from 127.0.0.1"', asIfLocal(another())),
    makeUnsigned(format, settings),
    forged('unsigned-local', 'unsigned, "from 127.0.0.1"', asIfLocal(sign(''))),
    forged(
      'empty-signature',
      'empty signature',
      withSignature(sign(secret), () => ''),
    ),
  ];
}

/** Sign one body, and send another. */
export function makeTampered(
  name: ProbeName,
  sent: string,
  format: WireFormat,
  { secret, event }: ProbeSettings,
): Probe {
  const signed = sampleEvent(event, { format });
  const { headers } = signDelivery(signed, { secret, format });
  const { body } = signDelivery({ ...signed, workspaceId: 'another' }, { secret, format });
  return forged(name, sent, { headers, body });
}

export const makeUnsigned = (format: WireFormat, { event }: ProbeSettings): Probe =>
  forged('unsigned', 'no signature', signDelivery(sampleEvent(event, { format }), { secret: '', format }));

/** As in the guide's own curl line. Its length alone makes `timingSafeEqual` throw. */
export const makeMalformed = (format: WireFormat, { secret, event }: ProbeSettings): Probe =>
  forged(
    'malformed-signature',
    'malformed signature',
    withSignature(signDelivery(sampleEvent(event, { format }), { secret, format }), () => 'sha256=test-signature'),
  );

export const forged = (name: ProbeName, sent: string, delivery: SignedDelivery): Probe =>
  post(name, sent, 'refuse', delivery);

export function post(
  name: ProbeName,
  sent: string,
  expects: Probe['expects'],
  { headers, body }: Pick<Probe, 'headers' | 'body'>,
): Probe {
  return { name, sent, expects, method: 'POST', headers, body };
}

function withSignature({ headers, body }: SignedDelivery, change: (signature: string) => string): SignedDelivery {
  const changed = Object.entries(headers).map(([name, value]) =>
    name.endsWith('-signature') ? [name, change(value)] : [name, value],
  );
  return { headers: Object.fromEntries(changed), body };
}

const changeLastDigit = (signature: string): string =>
  `${signature.slice(0, -1)}${signature.endsWith('0') ? '1' : '0'}`;

/** What anybody can say of himself. */
const asIfLocal = ({ headers, body }: SignedDelivery): SignedDelivery => ({
  headers: { ...headers, 'x-forwarded-for': '127.0.0.1' },
  body,
});
