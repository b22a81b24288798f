import type { JsonObject } from '../deep-merge.ts';
import { sampleEvent } from '../sample-event.ts';
import { type SignDeliveryOptions, signDelivery } from '../sign-delivery.ts';
import type { WireRequest } from './connection.ts';

/** The secret of all receivers of the suite, save those of golden vectors. */
export const suiteSecret = 'canary-secret-5b1c7e';
/** Stands in the body of all events of the suite; nothing but the event may show it. */
export const bodyCanary = 'canary-body-9d2f4a';
/** What handlers of the suite throw; for the log, never for the sender. */
export const handlerCanary = 'canary-handler-3e8b60';

/** A fresh event in the server's format. */
export function freshEvent(name = 'person.created'): JsonObject {
  return sampleEvent(name, { overrides: { record: { jobTitle: bodyCanary } } });
}

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
