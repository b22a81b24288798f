/** A delivery as it was given, not yet believed. */
export interface Delivery {
  /** Of a raw request. */
  readonly method: string | undefined;
  /** Names in lower case; what came several times is joined with ', '. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly timestamp: string | undefined;
  readonly nonce: string | undefined;
}

/** Put a delivery together from its parts. */
export function toDelivery(
  pairs: readonly (readonly [name: string, value: string])[],
  body: Uint8Array,
  method?: string,
): Delivery {
  const headers: Record<string, string> = Object.create(null);
  for (const [given, value] of pairs) {
    const name = given.toLowerCase();
    const before = headers[name];
    headers[name] = before === undefined ? value : `${before}, ${value}`;
  }
  return {
    method,
    headers,
    body,
    timestamp: headers['x-twenty-webhook-timestamp'],
    nonce: headers['x-twenty-webhook-nonce'],
  };
}
