import { isTooDeep } from './parse-json.ts';

/** Say what a text looks like that is no event. Nothing of the text itself is told. */
export function lookOf(text: string, value: unknown): string {
  const known = looks.find(([pattern]) => pattern.test(text));
  if (known !== undefined) return known[1];
  if (value !== undefined) return 'it is JSON, but has no eventName, and no event';
  return isTooDeep(text) ? 'it is nested deeper than any event' : 'it is no JSON';
}

const looks: readonly (readonly [pattern: RegExp, look: string])[] = [
  [
    /^\[object \w+\]$/,
    'it is an object made into text by String(object): JSON.stringify, or better the bytes, were meant',
  ],
  [
    /^\s*(\{\s*\}|\[\s*\]|null|undefined|""|None|true|false)\s*$/,
    'it is empty, as of a parser that found nothing or had not run',
  ],
  [/^\s*\{'|^\s*\{.*: (None|True|False)[,}]/s, 'it is a dict as Python shows it: str(data), not the bytes'],
  [/^\s*\{\s*[A-Za-z_]\w*\s*:/, 'the quotes are gone: a shell took them (curl of cmd.exe, echo)'],
  [/^--\S+\r?\n/, 'it is a multipart form'],
  [/^\s*</, 'it is HTML or XML'],
  [/^[\w.%[\]-]+=/, 'it is a form'],
];
