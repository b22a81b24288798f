import { type JsonLine, prettyJson } from './pretty-json.ts';

export interface JsonLayout {
  readonly lines: readonly JsonLine[];
  /** Whether there is more. */
  readonly isCut: boolean;
}

/** Lay JSON out, as far as a page draws at once: 2,000 lines, 500,000 characters. `undefined` if the text is no JSON. */
export function layOutJson(text: string, isWhole: boolean): JsonLayout | undefined {
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  const lines: JsonLine[] = [];
  let characters = 0;
  for (const line of prettyJson(text)) {
    if (!isWhole && (lines.length >= mostLines || characters >= mostCharacters)) return { lines, isCut: true };
    const length = line.tokens.reduce((sum, token) => sum + token.text.length, 0);
    characters += length;
    if (isWhole || characters <= mostCharacters) lines.push(line);
    // One long string.
    else return { lines: [...lines, cutLine(line, mostCharacters - characters + length)], isCut: true };
  }
  return { lines, isCut: false };
}

export const mostLines = 2_000;
export const mostCharacters = 500_000;

function cutLine(line: JsonLine, characters: number): JsonLine {
  let left = characters;
  const tokens = line.tokens.map((token) => {
    const text = token.text.slice(0, Math.max(0, left));
    left -= token.text.length;
    return { ...token, text: text.length < token.text.length ? `${text} …` : text };
  });
  return { ...line, tokens };
}
