export interface JsonToken {
  readonly kind: 'key' | 'string' | 'number' | 'literal' | 'punctuation';
  /** Exactly as it came. */
  readonly text: string;
}

export interface JsonLine {
  readonly depth: number;
  readonly tokens: readonly JsonToken[];
  /** The record's (or the metadata's) field that the line belongs to. */
  readonly field: string | undefined;
}

/**
 * Lay JSON text out in lines, one at a time. The tokens stay as they came, so that a number keeps its digits and a string
 * its escapes; `JSON.parse` and back would not. The text must be JSON.
 */
export function* prettyJson(text: string): Generator<JsonLine, void> {
  // The names on the way to the line's value, parsed: `['record', 'name', 'firstName']`; in arrays their index.
  const path: string[] = [];
  // Of each bracket that is open: the index in an array, `undefined` in an object.
  const open: (number | undefined)[] = [];
  let tokens: JsonToken[] = [];
  const endLine = (): JsonLine => {
    const line = { depth: open.length, tokens, field: fieldOfPath(path) };
    tokens = [];
    return line;
  };
  for (const { before, token, after } of tokensOf(text)) {
    if (token === '{' || token === '[') {
      tokens.push(punctuation(token));
      if (after === '}' || after === ']') continue;
      yield endLine();
      open.push(token === '[' ? 0 : undefined);
      if (token === '[') path.push('0');
    } else if (token === '}' || token === ']') {
      if (before !== '{' && before !== '[') {
        yield endLine();
        open.pop();
        path.pop();
      }
      tokens.push(punctuation(token));
    } else if (token === ',') {
      tokens.push(punctuation(','));
      yield endLine();
      path.pop();
      const index = open.at(-1);
      if (index !== undefined) {
        open[open.length - 1] = index + 1;
        path.push(String(index + 1));
      }
    } else if (token === ':') {
      tokens.push(punctuation(': '));
    } else if (after === ':') {
      tokens.push({ kind: 'key', text: token });
      path.push(String(JSON.parse(token)));
    } else {
      tokens.push({ kind: kindOf(token), text: token });
    }
  }
  yield endLine();
}

interface TokenInPlace {
  readonly before: string;
  readonly token: string;
  readonly after: string;
}

function* tokensOf(text: string): Generator<TokenInPlace, void> {
  let [before, token] = ['', ''];
  for (let at = 0; at < text.length; ) {
    const end = tokenEnd(text, at);
    const after = text.slice(at, end);
    at = end;
    if (after.trim() === '') continue;
    if (token !== '') yield { before, token, after };
    [before, token] = [token, after];
  }
  if (token !== '') yield { before, token, after: '' };
}

// By hand: a pattern would run out of stack on a string of megabytes.
function tokenEnd(text: string, start: number): number {
  const first = text.charAt(start);
  let end = start + 1;
  if (first === '"') {
    while (end < text.length && text.charAt(end) !== '"') end += text.charAt(end) === '\\' ? 2 : 1;
    return end + 1;
  }
  if (separators.includes(first)) return end;
  while (end < text.length && !separators.includes(text.charAt(end)) && text.charAt(end) !== '"') end += 1;
  return end;
}

const separators = '{}[],: \t\r\n';

function kindOf(token: string): JsonToken['kind'] {
  if (token.startsWith('"')) return 'string';
  return /^[-\d]/.test(token) ? 'number' : 'literal';
}

const punctuation = (text: string): JsonToken => ({ kind: 'punctuation', text });

/** The name of the record's (or the metadata's) field that a path leads into. */
export function fieldOfPath(path: readonly string[]): string | undefined {
  const [first, second, third] = path;
  if (first === 'record') return second;
  if (first === 'data' && (second === 'attributes' || second === 'previousAttributes')) return third;
  const isMetadata = (first === 'event' || first === 'data') && second === 'properties';
  return isMetadata && third !== undefined && ['before', 'after', 'diff'].includes(third) ? path[3] : undefined;
}
