import { isObject, type JsonObject } from '../deep-merge.ts';
import type { DeliveryAttempt } from './delivery-attempt.ts';

/** `21:05:07.123 person.created "Ada Lovelace" 200 12 ms`: a delivery for people to read. */
export function attemptLine(attempt: DeliveryAttempt): string {
  const { event, body, outcome, status, cause, startedAtMs, durationMs } = attempt;
  const time = new Date(startedAtMs).toISOString().slice(11, 23);
  const result = outcome === 'answered' ? `${status} ${Math.round(durationMs)} ms` : outcome;
  const name = nameIn(body) || attempt.recordId;
  return [time, event, JSON.stringify(name), result, ...(cause === 'change' ? [] : [`(${cause})`])].join(' ');
}

/** Empty if it has none. */
function nameIn(body: Uint8Array): string {
  const { record, data } = JSON.parse(new TextDecoder().decode(body)) as Record<string, JsonObject | undefined>;
  const fields = (record ?? data?.attributes ?? data?.previousAttributes ?? {}) as JsonObject;
  const text = fields.title ?? fields.name;
  if (typeof text === 'string') return text;
  const { firstName, lastName } = isObject(fields.name) ? fields.name : fields;
  return [firstName, lastName].filter(Boolean).join(' ');
}
