import { createHash } from 'node:crypto';

/**
 * The id of an event that brings none, by the letter of the design: `evt_` and 32 hex digits of SHA-256 over the bytes; for
 * a record with `updatedAt` the value of the first `"eventDate"` member, quotes included, is left out.
 */
export function eventIdOf(body: Uint8Array, hasChangeTime: boolean): string {
  const value = hasChangeTime ? eventDateValue(body) : undefined;
  const kept = value === undefined ? [body] : [body.subarray(0, value.start), body.subarray(value.end)];
  return `evt_${createHash('sha256').update(Buffer.concat(kept)).digest('hex').slice(0, 32)}`;
}

/** Where it stands in the bytes of a JSON text, found token by token. */
export function eventDateValue(body: Uint8Array): { readonly start: number; readonly end: number } | undefined {
  for (let at = 0; at < body.length; at++) {
    if (body[at] !== quote) continue;
    const end = endOfString(body, at);
    const colon = skipSpace(body, end);
    if (body[colon] === 0x3a && Buffer.from(body.subarray(at, end)).equals(eventDate)) {
      const start = skipSpace(body, colon + 1);
      return body[start] === quote ? { start, end: endOfString(body, start) } : undefined;
    }
    at = end - 1;
  }
  return undefined;
}

function endOfString(body: Uint8Array, start: number): number {
  let at = start + 1;
  while (at < body.length && body[at] !== quote) at += body[at] === 0x5c ? 2 : 1;
  return at + 1;
}

function skipSpace(body: Uint8Array, from: number): number {
  let at = from;
  while ([0x20, 0x09, 0x0a, 0x0d].includes(body[at] ?? -1)) at++;
  return at;
}

const quote = 0x22;
const eventDate = Buffer.from('"eventDate"');
