import type { JsonObject } from '../deep-merge.ts';

/** What Postgres would have indexed, about: the words of the record's name. */
export function searchVectorOf(record: JsonObject): string {
  const name = record.name ?? record.title ?? '';
  const text = typeof name === 'string' ? name : Object.values(name).join(' ');
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return [...new Set(words)].map((word, index) => `'${word}':${index + 1}`).join(' ');
}
