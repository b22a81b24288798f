/** How a delivery was shown to be genuine. `unsigned` only with `unsigned: 'accept'`. */
export type SignatureScheme = 'timestamped' | 'plain' | 'unsigned';

/** Facts of one HTTP attempt. The same event may arrive in several deliveries. Holds no signature, secret or body. */
export interface Delivery {
  /** Receiver's clock when the request came in, milliseconds since 1970. */
  readonly receivedAtMs: number;
  readonly scheme: SignatureScheme;
  /** Which of the secrets matched (0 is the first); `undefined` when unsigned. */
  readonly secretIndex: number | undefined;
  /** The sender's clock, milliseconds since 1970; only the `timestamped` scheme has it. */
  readonly signedAtMs: number | undefined;
  /** Random, new on every send and not covered by the signature: for logs only, never an id. */
  readonly nonce: string | undefined;
}
