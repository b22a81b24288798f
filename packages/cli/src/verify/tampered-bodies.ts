import { recordActions, singularOf } from '../event-names/known-names.ts';
import type { BodyVariant } from './body-repairs.ts';

/** The body with another event's name in it: what a forger changes first. */
export function* otherEventNames(body: Uint8Array): Generator<BodyVariant> {
  const text = Buffer.from(body).toString('latin1');
  const [whole, before = '', name = ''] = /("(?:eventName|event)"\s*:\s*")([^"\\]*)(?=")/.exec(text) ?? [];
  const dot = name.lastIndexOf('.');
  if (whole === undefined || dot < 0 || body.length > 1024 * 1024) return;
  const known = [name.slice(0, dot), name.slice(dot + 1)] as const;
  const names = new Set([
    ...actions.map((action) => `${known[0]}.${action}`),
    ...objects.flatMap((object) => [known[1], ...actions].map((action) => `${object}.${action}`)),
  ]);
  names.delete(name);
  for (const other of names) {
    yield {
      findings: [{ cause: 'event-name-changed', detail: `the signature is right for ${other}` }],
      body: Buffer.from(
        text.replace(whole, () => `${before}${other}`),
        'latin1',
      ),
    };
  }
}

// The last ones are those of servers before 2025.
const actions = [...recordActions, 'create', 'update', 'delete', 'destroy'];
const objects = [...new Set(singularOf.values())];

/** Of larger bodies not every change can be tried. */
export const oneChangeBytes: number = 8 * 1024;

/** The body with one bit turned, or one byte taken out; for small bodies, as each is one HMAC. One buffer serves for all. */
export function* oneChange(body: Uint8Array): Generator<BodyVariant> {
  if (body.length > oneChangeBytes) return;
  const changed = Buffer.from(body);
  for (const [index, byte] of body.entries()) {
    for (let bit = 1; bit < 256; bit *= 2) {
      changed[index] = byte ^ bit;
      yield { findings: [{ cause: 'body-bit-changed', detail: `one bit of byte ${index}` }], body: changed };
    }
    changed[index] = byte;
  }
  const shorter = Buffer.from(body.subarray(1));
  for (const [index, byte] of body.entries()) {
    yield { findings: [{ cause: 'body-bit-changed', detail: `byte ${index} is one too many` }], body: shorter };
    shorter[index] = byte;
  }
}
