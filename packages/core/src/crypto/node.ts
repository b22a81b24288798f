import { isUtf8 } from 'node:buffer';
import { timingSafeEqual } from 'node:crypto';
import type { Crypto } from './contract.ts';
import { createHmacKey, type HmacKey, hmacHex, sha256Hex } from './node-sha256.ts';

export type { HmacKey } from './node-sha256.ts';

export const immediate: Crypto<HmacKey>['immediate'] = true;

export const importKey: Crypto<HmacKey>['importKey'] = createHmacKey;

export const findKey: Crypto<HmacKey>['findKey'] = (keys, prefix, bytes, hex) => {
  // Both sides are written into buffers that live as long as the process: nothing runs between writing and comparing.
  // 64 characters that are 64 bytes: nothing is left of an earlier one, and nothing is cut off to look like a digit.
  if (room.write(hex.toLowerCase(), 'utf8') !== received.length) return -1;
  return keys.findIndex((key) => {
    expected.write(hmacHex(key, prefix, bytes), 'latin1');
    return timingSafeEqual(expected, received);
  });
};

export const decodeUtf8: Crypto<HmacKey>['decodeUtf8'] = (bytes) => {
  // A strict `TextDecoder` takes longer, most of all for small bodies: a tenth of the whole delivery.
  const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = buffer.toString();
  // Bad bytes have become this character; or it was there before.
  if (text.includes('\uFFFD') && !isUtf8(bytes)) return undefined;
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
};

export const digest: Crypto<HmacKey>['digest'] = sha256Hex;

const expected = Buffer.alloc(64);
const room = Buffer.alloc(80);
const received = room.subarray(0, 64);
