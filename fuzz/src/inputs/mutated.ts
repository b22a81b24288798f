import type { Choices } from '../choices.ts';

/** The bytes with some small damage; sometimes the same, if it happens to change nothing. */
export function mutated(choices: Choices, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  let result = new Uint8Array(bytes);
  for (let left = 1 + choices.below(2); left > 0; left--) result = once(choices, result);
  return result;
}

function once(choices: Choices, bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  if (bytes.length === 0) return choices.bytes(4);
  const at = choices.below(bytes.length);
  const end = Math.min(bytes.length, at + 1 + choices.below(8));
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (choices.below(6)) {
    case 0:
      return joined(before, Uint8Array.of((bytes[at] ?? 0) ^ (1 << choices.below(8))), bytes.subarray(at + 1));
    case 1:
      return joined(before, bytes.subarray(end));
    case 2:
      return joined(before, choices.bytes(4), after);
    case 3:
      return joined(before, bytes.subarray(at, end), after);
    case 4:
      return joined(before, encoder.encode(choices.pick(pieces)), after);
    default:
      return joined(after, before);
  }
}

function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.concat(parts));
}

const encoder = new TextEncoder();
const pieces = [
  '"',
  '\\',
  '{',
  '}',
  ',',
  ':',
  '\n',
  ' ',
  '"eventDate":"x",',
  '\\"',
  'é',
  '\ufeff',
  '0',
  'null',
  '"id":"x",',
];
