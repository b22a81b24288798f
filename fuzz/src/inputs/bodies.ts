import { documentedEvents, goldenVectors, sampleEvent } from '@twenty-webhooks/testing';
import type { Choices } from '../choices.ts';
import { eventText } from './event-text.ts';
import { jsonText } from './json-text.ts';
import { mutated } from './mutated.ts';

/** A body of any kind: one that Twenty sends, one that it could send, one that nobody should. */
export function anyBody(choices: Choices): Uint8Array<ArrayBuffer> {
  const body = plainBody(choices);
  return choices.oneIn(3) ? mutated(choices, body) : body;
}

function plainBody(choices: Choices): Uint8Array<ArrayBuffer> {
  const kind = choices.below(10);
  if (kind < 4) return encoder.encode(eventText(choices));
  if (kind < 6) return choices.pick(knownBodies);
  if (kind < 8) return encoder.encode(jsonText(choices));
  if (kind === 8) return choices.bytes(40);
  return Uint8Array.from([0xef, 0xbb, 0xbf, ...encoder.encode(eventText(choices))]);
}

/** Bodies of golden vectors and of sample events, of a size that Twenty's have. */
export const knownBodies: readonly Uint8Array<ArrayBuffer>[] = [
  ...goldenVectors().map(({ body }) => body),
  ...documentedEvents.flatMap((name) =>
    (['server', 'envelope'] as const).map((format) => encode(settled(JSON.stringify(sampleEvent(name, { format }))))),
  ),
].filter(({ length }) => length < 20_000);

/** Samples have fresh ids and times, but a script must lead to the same case every time. */
function settled(text: string): string {
  return text
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '0a1b2c3d-0001-4000-8000-000000000001')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '2026-11-23T15:35:03.387Z');
}

function encode(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

const encoder = new TextEncoder();
