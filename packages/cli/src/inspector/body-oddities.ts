/** Name what cannot be seen in a body and breaks signatures: Twenty sends compact JSON with nothing around it. */
export function bodyOddities(body: string): readonly string[] {
  return oddities.filter(([pattern]) => pattern.test(body)).map(([, meaning]) => meaning);
}

// None may look at more than the beginning or the end: bodies have megabytes.
const oddities: readonly (readonly [pattern: RegExp, meaning: string])[] = [
  [/^\ufeff/, 'It starts with a byte order mark, which Twenty does not send.'],
  [/^[ \t\r\n]/, 'It starts with white space, which Twenty does not send.'],
  [/^\s*[[{]\s*\n/, 'It is spread over lines; Twenty sends compact JSON.'],
  [/^\s*\{ *"[^"\n]{0,200}" *: /, 'It has spaces after its colons, as Python writes JSON; Twenty sends compact JSON.'],
  [/[\r\n]$/, 'It ends with a line break, which Twenty does not send.'],
];
