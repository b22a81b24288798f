import type { Delivery } from './delivery.ts';
import type { Finding, Hypothesis } from './hypothesis.ts';
import type { SignatureClaim } from './signature-claim.ts';

export interface SchemeVariant {
  readonly findings: readonly Finding[];
  /** Makes what is hashed; `key` as given, or `undefined` for a bare hash. */
  readonly sign: (secret: string | Uint8Array, body: Uint8Array) => Pick<Hypothesis, 'key' | 'message'>;
}

export const bodyAlone: Finding = {
  cause: 'wrong-scheme',
  detail: 'the body alone was signed, without the timestamp',
};

/** Ways of signing that are not Twenty's, as people write them. */
export function schemeVariants(
  { scheme }: Pick<SignatureClaim, 'scheme'>,
  { timestamp, nonce }: Pick<Delivery, 'timestamp' | 'nonce'>,
): readonly SchemeVariant[] {
  const variants: SchemeVariant[] = [];
  const add = (detail: string, sign: SchemeVariant['sign']): void =>
    void variants.push({ findings: [{ cause: 'wrong-scheme', detail }], sign });
  const hmac = (detail: string, toMessage: (body: Uint8Array) => Hypothesis['message']): void =>
    add(detail, (key, body) => ({ key, message: toMessage(body) }));
  if (scheme === 'timestamped')
    variants.push({ findings: [bodyAlone], sign: (key, body) => ({ key, message: [body] }) });
  if (timestamp) {
    if (scheme === 'plain') {
      hmac('the timestamp was signed with the body, as it is for X-Twenty-Webhook-Signature', (body) => [
        `${timestamp}:`,
        body,
      ]);
    }
    hmac('there was no colon between timestamp and body', (body) => [timestamp, body]);
    hmac('there was a dot between timestamp and body, not a colon', (body) => [`${timestamp}.`, body]);
    hmac('there was a line end between timestamp and body, not a colon', (body) => [`${timestamp}\n`, body]);
    hmac('the timestamp stood behind the body', (body) => [body, `:${timestamp}`]);
    hmac('the timestamp stood behind the body, without a colon', (body) => [body, timestamp]);
    if (nonce) {
      hmac('the nonce was signed too', (body) => [`${timestamp}:${nonce}:`, body]);
      hmac('the nonce was signed too', (body) => [`${nonce}:${timestamp}:`, body]);
      hmac('the nonce was signed in place of the timestamp', (body) => [`${nonce}:`, body]);
    }
  }
  // With what stands before the body, and without.
  for (const before of new Set([timestamp && scheme === 'timestamped' ? `${timestamp}:` : '', ''])) {
    const bare = (
      detail: string,
      toMessage: (secret: string | Uint8Array, body: Uint8Array) => Hypothesis['message'],
    ): void => add(detail, (secret, body) => ({ key: undefined, message: toMessage(secret, body) }));
    bare('it is a plain hash of secret and body, no HMAC', (secret, body) => [secret, before, body]);
    bare('it is a plain hash of body and secret, no HMAC', (secret, body) => [before, body, secret]);
    bare('it is a plain hash of the body, no HMAC: anybody can make it', (_, body) => [before, body]);
  }
  return variants;
}
