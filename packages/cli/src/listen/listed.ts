import type { DeliverySummary } from './inspector-api.ts';

/** A delivery as it stands in the list, of which there are ten thousand: long texts are cut, `DeliveryDetail` has them whole. */
export function toListed(delivery: DeliverySummary): DeliverySummary {
  const { path, forward } = delivery;
  return { ...delivery, path: cut(path), forward: forward && { ...forward, body: cut(forward.body) } };
}

const cut = (text: string): string => (text.length > maxLength ? `${text.slice(0, maxLength)}…` : text);

const maxLength = 200;
