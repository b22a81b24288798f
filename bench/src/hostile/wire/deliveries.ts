import { randomUUID } from 'node:crypto';
import { type SignedDelivery, sampleEvent, signDelivery } from '@twenty-webhooks/testing';
import { secret } from '../../contenders/secret.ts';
import { path } from '../../http/running-server.ts';

/** A delivery of an event that nobody else delivers. */
export interface OwnDelivery extends SignedDelivery {
  /** By which it would be found in the inbox. */
  readonly recordId: string;
}

/** Make a delivery with a genuine signature. */
export function makeDelivery(): OwnDelivery {
  const recordId = randomUUID();
  const event = sampleEvent('person.created', { overrides: { record: { id: recordId } } });
  return { recordId, ...signDelivery(event, { secret }) };
}

export interface RequestShape {
  /** @default 'POST' */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Header lines as they stand, for those that no object can hold: each with its line end. */
  readonly lines?: string;
  readonly body?: Uint8Array | string;
}

/** Put a request together byte for byte; whatever frames its body is among its headers. */
export function toRequest({ method = 'POST', headers = {}, lines = '', body = '' }: RequestShape): Buffer {
  const named = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([
    Buffer.from(`${method} ${path} HTTP/1.1\r\nhost: hostile\r\n${named.join('')}${lines}\r\n`, 'latin1'),
    Buffer.from(body as Uint8Array),
  ]);
}

/** A delivery as it should be sent. */
export const toGoodRequest = ({ headers, body }: SignedDelivery): Buffer =>
  toRequest({ headers: { ...headers, 'content-length': String(body.length) }, body });

/** A delivery with a well-formed signature that is wrong. */
export function toBadRequest({ headers, body }: SignedDelivery): Buffer {
  return toGoodRequest({ headers: { ...headers, [signatureHeader]: 'ab'.repeat(32) }, body });
}

export const signatureHeader = 'x-twenty-webhook-signature';
