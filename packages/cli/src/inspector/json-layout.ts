import { type JsonLine, prettyJson } from './pretty-json.ts';

export interface JsonLayout {
  readonly lines: readonly JsonLine[];
  /** Whether there is more. */
  readonly isCut: boolean;
}

/** How much a page draws. */
export interface LayoutLimit {
  readonly lines: number;
  readonly characters: number;
}

/** At once. */
export const firstLimit: LayoutLimit = { lines: 2_000, characters: 500_000 };
/** When it is told to show more: beyond, the browser would stand still. */
export const lastLimit: LayoutLimit = { lines: 20_000, characters: 6_000_000 };

/** Lay JSON out, as far as the limit goes. `undefined` if the text is no JSON. */
export function layOutJson(text: string, limit: LayoutLimit): JsonLayout | undefined {
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  const lines: JsonLine[] = [];
  let left = limit.characters;
  for (const line of prettyJson(text)) {
    if (lines.length >= limit.lines || left <= 0) return { lines, isCut: true };
    const length = line.tokens.reduce((sum, token) => sum + token.text.length, 0);
    // One long string.
    if (length > left) return { lines: [...lines, cutLine(line, left)], isCut: true };
    lines.push(line);
    left -= length;
  }
  return { lines, isCut: false };
}

function cutLine(line: JsonLine, characters: number): JsonLine {
  let left = characters;
  const tokens = line.tokens.map((token) => {
    const text = token.text.slice(0, Math.max(0, left));
    left -= token.text.length;
    return { ...token, text: text.length < token.text.length ? `${text} …` : text };
  });
  return { ...line, tokens };
}
