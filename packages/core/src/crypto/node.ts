import { createHash, createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { Crypto } from './contract.ts';

export type HmacKey = KeyObject;

export const immediate: Crypto<HmacKey>['immediate'] = true;

export const importKey: Crypto<HmacKey>['importKey'] = (secret) => createSecretKey(Buffer.from(secret, 'utf8'));

export const findKey: Crypto<HmacKey>['findKey'] = (keys, prefix, bytes, hex) => {
  // Both sides are written into buffers that live as long as the process: nothing runs between writing and comparing.
  // What is left of an earlier one must not count.
  if (received.write(hex.toLowerCase(), 'latin1') !== received.length) return -1;
  // No iterator: nothing here is free next to an HMAC of one kilobyte.
  for (let index = 0; index < keys.length; index++) {
    const hmac = createHmac('sha256', keys[index] as HmacKey);
    if (prefix !== '') hmac.update(prefix);
    expected.write(hmac.update(bytes).digest('hex'), 'latin1');
    if (timingSafeEqual(expected, received)) return index;
  }
  return -1;
};

export const digest: Crypto<HmacKey>['digest'] = (parts) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
};

const expected = Buffer.alloc(64);
const received = Buffer.alloc(64);
