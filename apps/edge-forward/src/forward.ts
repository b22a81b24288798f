import type { Env } from './env.ts';

/** A genuine delivery, as it came. */
export interface GenuineDelivery {
  readonly headers: Headers;
  readonly bytes: ArrayBuffer;
}

/**
 * Send a delivery on to the origin, byte for byte and with its signature, so that the origin can verify it again. Resolves once
 * the origin has said 2xx, to the last byte and in time.
 *
 * @throws Error saying why it is not known to have arrived
 */
export async function forward(delivery: GenuineDelivery, { originUrl, originTimeoutMs }: Env): Promise<void> {
  const response = await fetch(originUrl, {
    method: 'POST',
    headers: headersFor(delivery.headers),
    body: delivery.bytes,
    // A POST that follows a redirect may become a GET without a body, which the new place may well answer with 200.
    redirect: 'manual',
    signal: AbortSignal.timeout(originTimeoutMs),
  });
  // What the origin says is nobody's business, but an answer that breaks off is none.
  for await (const _ of response.body ?? []);
  if (!response.ok) throw new Error(`it answered ${response.status}`);
}

/** Of the sender's headers only what Twenty signs with: no cookies, no authorization, nothing that the origin may trust. */
function headersFor(received: Headers): Headers {
  const headers = new Headers({ 'content-type': 'application/json' });
  for (const [name, value] of received) if (signatureHeader.test(name)) headers.append(name, value);
  return headers;
}

const signatureHeader = /^x-twenty-(webhook-(signature|timestamp|nonce)|signature)$/;
