import crypto from 'node:crypto';
import type { Crypto } from './contract.ts';
import { createHmacKey, type HmacKey, hmacHex } from './node-hmac.ts';

export type { HmacKey } from './node-hmac.ts';

export const immediate: Crypto<HmacKey>['immediate'] = true;

export const importKey: Crypto<HmacKey>['importKey'] = createHmacKey;

export const findKey: Crypto<HmacKey>['findKey'] = (keys, prefix, bytes, hex) => {
  // Both sides are written into buffers that live as long as the process: nothing runs between writing and comparing.
  // 64 characters that are 64 bytes: nothing is left of an earlier one, and nothing is cut off to look like a digit.
  if (room.write(hex.toLowerCase(), 'utf8') !== received.length) return -1;
  return keys.findIndex((key) => {
    expected.write(hmacHex(key, prefix, bytes), 'latin1');
    return crypto.timingSafeEqual(expected, received);
  });
};

export const digest: Crypto<HmacKey>['digest'] = (parts) => {
  const hash = crypto.createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
};

const expected = Buffer.alloc(64);
const room = Buffer.alloc(80);
const received = room.subarray(0, 64);
