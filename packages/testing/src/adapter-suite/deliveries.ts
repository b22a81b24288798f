import { type SignDeliveryOptions, signDelivery } from '../sign-delivery.ts';
import { freshEvent, suiteSecret } from '../suite-events.ts';
import type { WireRequest } from './connection.ts';

/** A signed request with an event, or with any other body. */
export function signedRequest(
  body: string | Uint8Array | object = freshEvent(),
  options: Partial<SignDeliveryOptions> = {},
): WireRequest & { readonly headers: readonly (readonly [string, string])[]; readonly body: Uint8Array } {
  const signed = signDelivery(body, { secret: suiteSecret, ...options });
  return { headers: Object.entries(signed.headers), body: signed.body };
}

/** The same request with other headers: a value replaces, `undefined` removes, whatever the case of the name. */
export function withHeaders(request: WireRequest, changes: Readonly<Record<string, string | undefined>>): WireRequest {
  const kept = (request.headers ?? []).filter(([name]) => !(name.toLowerCase() in changes));
  const added = Object.entries(changes).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return { ...request, headers: [...kept, ...added] };
}
