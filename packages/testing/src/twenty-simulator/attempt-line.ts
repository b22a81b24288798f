import type { JsonObject } from '../deep-merge.ts';
import type { DeliveryAttempt } from './delivery-attempt.ts';

/** `21:05:07.123 person.created "Ada Lovelace" 200 12 ms`: a delivery for people to read. */
export function attemptLine(attempt: DeliveryAttempt): string {
  const { event, body, outcome, status, cause, startedAtMs, durationMs } = attempt;
  const time = new Date(startedAtMs).toISOString().slice(11, 23);
  const result = outcome === 'answered' ? `${status} ${Math.round(durationMs)} ms` : outcome;
  return [time, event, JSON.stringify(nameIn(body)), result, ...(cause === 'change' ? [] : [`(${cause})`])].join(' ');
}

function nameIn(body: Uint8Array): string {
  const { record, data, event } = JSON.parse(new TextDecoder().decode(body)) as Record<string, JsonObject | undefined>;
  const fields = (record ?? data?.attributes ?? data?.previousAttributes ?? event ?? {}) as JsonObject;
  const { firstName, lastName } = typeof fields.name === 'object' ? (fields.name as JsonObject) : fields;
  const name = fields.title ?? (firstName === undefined ? fields.name : `${firstName} ${lastName}`.trim());
  return String(name ?? record?.id ?? data?.id ?? event?.recordId);
}
