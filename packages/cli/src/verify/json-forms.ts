import { parseJson } from './parse-json.ts';

/** One way to write a JSON text. */
export interface JsonForm {
  readonly text: string;
  /** In words: "compact", "with spaces after colons and commas". */
  readonly name: string;
}

/**
 * Write a JSON text in the forms that serialisers write, likely ones first. Only white space and the escapes in strings
 * change; numbers, the order of members and members that come twice stay, but for one form. Nothing if it is no
 * JSON, or nested too deep.
 */
export function* jsonForms(text: string): Generator<JsonForm> {
  const value = parseJson(text);
  if (value === undefined) return;
  // A list of millions of numbers is nobody's event, and would take a gigabyte.
  if (text.length > manyTokens && countMembers(text) > manyTokens) return;
  const tokens = text.match(/"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]:,]|[^\s{}[\]:,"]+/gs) ?? [];
  for (const [spacing, spacingName] of spacings) {
    for (const [toWritten, escapeName] of escapes) {
      yield {
        text: write(tokens, spacing, toWritten),
        name: escapeName === '' ? spacingName : `${spacingName}, ${escapeName}`,
      };
      // What Twenty itself would write. Numbers become those of JavaScript: 1.0 is 1.
      if (spacingName === 'compact' && toWritten === byJavaScript) {
        yield { text: JSON.stringify(value), name: 'compact, as JavaScript writes it' };
      }
    }
  }
}

const manyTokens = 1_000_000;

function countMembers(text: string): number {
  let count = 0;
  for (let at = text.indexOf(','); at >= 0; at = text.indexOf(',', at + 1)) count += 1;
  return count;
}

interface Spacing {
  readonly colon: string;
  readonly comma: string;
  readonly indent: string | undefined;
}

const spacings: readonly (readonly [spacing: Spacing, name: string])[] = [
  [{ colon: ':', comma: ',', indent: undefined }, 'compact'],
  [{ colon: ': ', comma: ', ', indent: undefined }, 'with spaces after colons and commas'],
  [{ colon: ': ', comma: ',', indent: '  ' }, 'indented by two spaces'],
  [{ colon: ': ', comma: ',', indent: '    ' }, 'indented by four spaces'],
  [{ colon: ': ', comma: ',', indent: '\t' }, 'indented by tabs'],
];

type Escape = (string: string) => string;

const byJavaScript: Escape = (string) => (string.includes('\\') ? JSON.stringify(JSON.parse(string)) : string);
const toAscii: Escape = (string) =>
  byJavaScript(string).replace(/[\u007f-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
const withSlashes = (string: string): string => string.replaceAll('/', '\\/');

const escapes: readonly (readonly [escape: Escape, name: string])[] = [
  [(string) => string, ''],
  [byJavaScript, 'characters as they are'],
  [toAscii, 'all but ASCII escaped'],
  [(string) => withSlashes(toAscii(string)), 'slashes and all but ASCII escaped'],
  [(string) => withSlashes(byJavaScript(string)), 'slashes escaped'],
  [
    (string) =>
      byJavaScript(string).replace(
        /[<>&\u2028\u2029]/g,
        (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
      ),
    'characters of HTML escaped',
  ],
];

function write(tokens: readonly string[], { colon, comma, indent }: Spacing, toWritten: Escape): string {
  const parts: string[] = [];
  let depth = 0;
  const newLine = (): void => {
    if (indent !== undefined) parts.push('\n', indent.repeat(depth));
  };
  for (const [index, token] of tokens.entries()) {
    if (token === ':') parts.push(colon);
    else if (token === ',') {
      parts.push(comma);
      newLine();
    } else if (token === '{' || token === '[') {
      depth += 1;
      parts.push(token);
      const next = tokens[index + 1];
      if (next !== '}' && next !== ']') newLine();
    } else if (token === '}' || token === ']') {
      depth -= 1;
      const before = tokens[index - 1];
      if (before !== '{' && before !== '[') newLine();
      parts.push(token);
    } else parts.push(token.startsWith('"') ? toWritten(token) : token);
  }
  return parts.join('');
}
