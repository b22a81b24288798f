import { digest } from '#crypto';
import type { MaybePromise } from './crypto/contract.ts';

/**
 * Derive the id of an event that brings none: `evt_` and the first 32 hex digits of SHA-256 over the received bytes.
 * `text` is the body, decoded.
 *
 * Twenty sends no event id. A repeated delivery repeats the bytes; a repeated fan-out changes `eventDate` alone. So, if
 * `withoutEventDate`, the string value of the first `"eventDate"` member is left out, quotes included. That is safe for
 * records with an `updatedAt` only: without one, A→B, B→A, A→B may repeat a body, and then every byte must count.
 */
export function deriveEventId(body: Uint8Array, text: string, withoutEventDate: boolean): MaybePromise<string> {
  const hex = digest(withoutEventDate ? splitAtEventDate(body, text) : [body]);
  return typeof hex === 'string' ? toId(hex) : hex.then(toId);
}

const toId = (hex: string): string => `evt_${hex.slice(0, 32)}`;

function splitAtEventDate(body: Uint8Array, text: string): Uint8Array[] {
  const found = eventDate.exec(text);
  const value = found?.[1];
  if (found === null || value === undefined) return [body];
  // Positions in the text are not positions in the bytes; and a byte order mark is not in the text.
  const before = text.slice(0, found.index + found[0].length - value.length);
  const start = lengthInBytes(before) + (body[0] === 0xef ? 3 : 0);
  return [body.subarray(0, start), body.subarray(start + lengthInBytes(value))];
}

// The first member of that name, not after an escaped quote inside a string; a value that is no string is no value.
const eventDate = /(?<!\\)"eventDate"[ \t\r\n]*:[ \t\r\n]*("[^"\\]*(?:\\.[^"\\]*)*")?/s;

// What stands before a server's `eventDate` is nearly always ASCII.
const lengthInBytes = (text: string): number => (isAscii(text) ? text.length : encoder.encode(text).length);

const isAscii = (text: string): boolean => /^[\0-\x7f]*$/.test(text);

const encoder = new TextEncoder();
