import crypto, { type KeyObject } from 'node:crypto';

export interface HmacKey {
  readonly secret: Buffer;
  /** Made for the first large message: it takes as long as verifying an ordinary delivery. */
  object: KeyObject | undefined;
  /** The key in the two forms of RFC 2104; the second with room behind it for the inner hash. */
  readonly inner: Uint8Array;
  readonly outer: Buffer;
}

export function createHmacKey(secret: string): HmacKey {
  const text = Buffer.from(secret, 'utf8');
  const key = Buffer.alloc(blockBytes);
  key.set(text.length > blockBytes ? crypto.createHash('sha256').update(text).digest() : text);
  const outer = Buffer.alloc(blockBytes + 32);
  outer.set(key.map((byte) => byte ^ 0x5c));
  return { secret: text, object: undefined, inner: key.map((byte) => byte ^ 0x36), outer };
}

/**
 * HMAC-SHA256 of an ASCII prefix and bytes, as 64 lower-case hex digits.
 *
 * Making a `Hmac` object costs more than hashing an ordinary delivery. So small messages are put together as RFC 2104 says
 * and hashed by two calls of `crypto.hash`, which makes no object; the tests compare the two over keys and messages of all
 * lengths. Large messages, and Node before 20.12 or runtimes without that function, take the ordinary way.
 */
export function hmacHex(key: HmacKey, prefix: string, bytes: Uint8Array): string {
  const end = blockBytes + prefix.length + bytes.length;
  if (oneShot === undefined || end > message.length) {
    key.object ??= crypto.createSecretKey(key.secret);
    return crypto.createHmac('sha256', key.object).update(prefix).update(bytes).digest('hex');
  }
  const { inner, outer } = key;
  message.set(inner);
  message.write(prefix, blockBytes, 'latin1');
  message.set(bytes, blockBytes + prefix.length);
  outer.write(oneShot('sha256', message.subarray(0, end), 'binary'), blockBytes, 'latin1');
  return oneShot('sha256', outer, 'hex');
}

/** SHA-256 of the parts one after the other, texts as UTF-8, as 64 lower-case hex digits. */
export function sha256Hex(parts: readonly (Uint8Array | string)[]): string {
  const [first = ''] = parts;
  if (oneShot !== undefined && parts.length === 1) return oneShot('sha256', first, 'hex');
  let most = 0;
  // No character takes more than three bytes.
  for (const part of parts) most += typeof part === 'string' ? part.length * 3 : part.length;
  if (oneShot === undefined || most > message.length) {
    const hash = crypto.createHash('sha256');
    for (const part of parts) hash.update(part);
    return hash.digest('hex');
  }
  let end = 0;
  for (const part of parts) {
    if (typeof part === 'string') {
      end += message.write(part, end, 'utf8');
    } else {
      message.set(part, end);
      end += part.length;
    }
  }
  return oneShot('sha256', message.subarray(0, end), 'hex');
}

const oneShot: typeof crypto.hash | undefined = crypto.hash;

/** Of SHA-256. */
const blockBytes = 64;
// Lives as long as the process, like everything it is filled with: nothing runs between filling and hashing.
const message = Buffer.alloc(16 * 1024);
