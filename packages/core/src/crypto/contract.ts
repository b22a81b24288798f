/** What each file of this folder offers under the name `#crypto`; the `imports` map of the package picks one. */
export interface Crypto<Key> {
  /** Whether the functions answer at once, so that an event's id can wait until somebody reads it. */
  readonly immediate: boolean;
  /** Make an HMAC key of a secret, used as UTF-8 text. */
  importKey(secret: string): Key;
  /**
   * Find the key whose HMAC-SHA256 of `prefix` and `bytes` is `hex` (64 characters), comparing in constant time. -1 for
   * none, after trying every key; also if `hex` is no hex.
   */
  findKey(keys: readonly Key[], prefix: string, bytes: Uint8Array, hex: string): MaybePromise<number>;
  /**
   * Decode strictly, without a byte order mark; `undefined` if it is no UTF-8. It is here because Node has a faster way.
   */
  decodeUtf8(bytes: Uint8Array): string | undefined;
  /** SHA-256 of the parts one after the other, texts as UTF-8, as 64 lower-case hex digits. */
  digest(parts: readonly (Uint8Array | string)[]): MaybePromise<string>;
}

export type MaybePromise<T> = T | Promise<T>;
