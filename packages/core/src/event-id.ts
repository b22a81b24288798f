import { digest } from '#crypto';
import type { MaybePromise } from './crypto/contract.ts';

/**
 * Derive the id of an event that brings none: `evt_` and the first 32 hex digits of SHA-256 over the received bytes.
 *
 * Twenty sends no event id. A repeated delivery repeats the bytes; a repeated fan-out changes `eventDate` alone. So, if
 * `withoutEventDate`, the string value of the first `"eventDate"` member is left out, quotes included. That is safe for
 * records with an `updatedAt` only: without one, A→B, B→A, A→B may repeat a body, and then every byte must count.
 */
export function deriveEventId(body: Uint8Array, withoutEventDate: boolean): MaybePromise<string> {
  const span = withoutEventDate ? findEventDate(body) : undefined;
  const hex = digest(span === undefined ? [body] : [body.subarray(0, span.start), body.subarray(span.end)]);
  return typeof hex === 'string' ? toId(hex) : hex.then(toId);
}

const toId = (hex: string): string => `evt_${hex.slice(0, 32)}`;

/** Find the value of the first `"eventDate"` member by its bytes; JSON white space may stand around the colon. */
function findEventDate(body: Uint8Array): { start: number; end: number } | undefined {
  for (let at = body.indexOf(quote); at >= 0; at = body.indexOf(quote, at + 1)) {
    // An escaped quote is inside a string, not the start of a member's name.
    if (body[at - 1] === backslash || !name.every((byte, index) => body[at + index] === byte)) continue;
    const colon = skipSpace(body, at + name.length);
    if (body[colon] !== 0x3a) continue;
    const start = skipSpace(body, colon + 1);
    if (body[start] !== quote) return undefined;
    let end = start + 1;
    while (end < body.length && body[end] !== quote) end += body[end] === backslash ? 2 : 1;
    return { start, end: end + 1 };
  }
  return undefined;
}

function skipSpace(body: Uint8Array, from: number): number {
  let at = from;
  while (body[at] === 0x20 || body[at] === 0x0a || body[at] === 0x0d || body[at] === 0x09) at++;
  return at;
}

const quote = 0x22;
const backslash = 0x5c;
const name: readonly number[] = Array.from('"eventDate"', (character) => character.charCodeAt(0));
