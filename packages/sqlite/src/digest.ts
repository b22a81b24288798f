import { hash } from 'node:crypto';

/** 16 bytes that stand for a text in an index, whatever is in the text. */
export function digest(text: string): Uint8Array {
  return hash('sha256', text, 'buffer').subarray(0, 16);
}
