import { readFacts } from './body-facts.ts';
import type { DeliveryStore, StoredDelivery } from './delivery-store.ts';
import type { DeliveryDetail } from './inspector-api.ts';
import { maskBody } from './masked-body.ts';
import { headersToPass, toPairs } from './pass-on.ts';
import { toCurl } from './to-curl.ts';

/** All that is known of a delivery, without secrets. */
export async function toDetail(
  delivery: StoredDelivery,
  store: DeliveryStore,
  origin: string,
): Promise<DeliveryDetail> {
  const { summary, rawHeaders } = delivery;
  const { text, isUtf8, isMasked } = maskBody(delivery.body);
  const shownBody = isMasked ? new TextEncoder().encode(text) : delivery.body;
  const { updatedFields, record } = await readFacts(shownBody);
  const { method, path } = summary;
  return {
    ...summary,
    headers: toPairs(rawHeaders),
    body: text,
    isUtf8,
    isMasked,
    updatedFields,
    record: writable(record),
    previous: await previousOf(delivery, store),
    curl: toCurl(`${origin}${path.startsWith('/') ? path : '/'}`, {
      method,
      headers: headersToPass(rawHeaders),
      body: shownBody,
    }),
  };
}

async function previousOf({ summary }: StoredDelivery, store: DeliveryStore): Promise<DeliveryDetail['previous']> {
  const previous = store.previousOf(summary);
  if (previous === undefined) return undefined;
  const { record: found } = await readFacts(new TextEncoder().encode(maskBody(previous.body).text));
  const record = writable(found);
  return record && { deliveryId: previous.summary.id, record };
}

/** A record that is nested too deep to be written as JSON is left out; the body shows it. */
function writable(record: DeliveryDetail['record']): DeliveryDetail['record'] {
  try {
    JSON.stringify(record);
    return record;
  } catch {
    return undefined;
  }
}
