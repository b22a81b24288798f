/**
 * Write JSON as `JSON.stringify` never would: with spaces, `1.0` for 1, `\u00e9` for é and `\/` for a slash. Whoever parses it
 * and writes it again gets other bytes, whatever the language.
 */
export function oddJson(value: unknown): string {
  if (Array.isArray(value)) return `[ ${value.map(oddJson).join(' , ')} ]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(([name, member]) => `${oddText(name)} : ${oddJson(member)}`);
    return `{ ${members.join(' , ')}\n}`;
  }
  if (typeof value === 'string') return oddText(value);
  return Number.isInteger(value) ? `${value}.0` : JSON.stringify(value);
}

/** Write JSON as `json.dumps` of Python does. */
export function pythonJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return escapeUnicode(JSON.stringify(value));
  const members = Object.entries(value).map(([name, member]) => `${pythonJson(name)}: ${pythonJson(member)}`);
  return `{${members.join(', ')}}`;
}

const oddText = (text: string): string => escapeUnicode(JSON.stringify(text).replaceAll('/', '\\/'));

const escapeUnicode = (json: string): string =>
  json.replace(/[^ -~]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
