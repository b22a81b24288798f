import { joinBytes } from '../join-bytes.ts';
import type { Crypto } from './contract.ts';

// `Promise<CryptoKey>`, but without the name: types of Node alone, without those of the DOM, do not have it.
export type HmacKey = ReturnType<typeof crypto.subtle.importKey>;

export const immediate: Crypto<HmacKey>['immediate'] = false;

export const importKey: Crypto<HmacKey>['importKey'] = (secret) => {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = crypto.subtle.importKey('raw', encoder.encode(secret), algorithm, false, ['verify']);
  // A failure belongs to whoever awaits the key, not to the process.
  key.catch(() => {});
  return key;
};

export const findKey: Crypto<HmacKey>['findKey'] = async (keys, prefix, bytes, hex) => {
  if (!/^[0-9a-f]{64}$/i.test(hex)) return -1;
  const signature = Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
  const message = joinBytes([encoder.encode(prefix), bytes]);
  for (const [index, key] of keys.entries()) {
    // `subtle.verify` compares in constant time.
    if (await crypto.subtle.verify('HMAC', await key, signature, message)) return index;
  }
  return -1;
};

export { decodeUtf8 } from './decode-utf8.ts';

export const digest: Crypto<HmacKey>['digest'] = async (parts) => {
  const hash = new Uint8Array(
    await crypto.subtle.digest(
      'SHA-256',
      joinBytes(parts.map((part) => (typeof part === 'string' ? encoder.encode(part) : part))),
    ),
  );
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
};

const encoder = new TextEncoder();
