import { parseJson } from './parse-json.ts';

/** `{"body": …}`, as serverless platforms hand it on; `{"<the whole JSON>": ""}`, as a parser of forms makes it. */
export function unwrapJson(body: Buffer): Buffer | undefined {
  if (body[0] !== 0x7b) return undefined;
  const text = body.toString('utf8');
  const value = parseJson(text);
  if (value === undefined) return undefined;
  const members = Object.entries(value as object);
  const [first] = members;
  if (members.length === 1 && first !== undefined) {
    const [key, only] = first;
    if (only === '') return Buffer.from(key);
    if (typeof only === 'string') return Buffer.from(only);
    // As it stands there: its writing may be what was signed.
    return Buffer.from(text.slice(text.indexOf(':', JSON.stringify(key).length) + 1, text.lastIndexOf('}')).trim());
  }
  const inner = wrapperNames.map((name) => (value as Record<string, unknown>)[name]).find(Boolean);
  if (typeof inner === 'string') return Buffer.from(inner);
  return typeof inner === 'object' ? Buffer.from(JSON.stringify(inner)) : undefined;
}

const wrapperNames = ['body', 'rawBody', 'payload', 'Message', 'data', 'content'];

/** A JSON in a JSON string, with or without the quotes around it. */
export function unescapeString(body: Buffer): Buffer | undefined {
  const text = body.toString('utf8');
  if (!/^"|^\{\\+"/.test(text)) return undefined;
  const value = parseJson(text.startsWith('"') ? text : `"${text}"`);
  return typeof value === 'string' ? Buffer.from(value) : undefined;
}

/** Quotes of a shell that were passed on. */
export function unquote(body: Buffer): Buffer | undefined {
  const [first, last] = [body[0], body.at(-1)];
  return body.length > 2 && first === last && (first === 0x22 || first === 0x27 || first === 0x60)
    ? body.subarray(1, -1)
    : undefined;
}

/** `b'…'`. */
export function unwrapPythonBytes(body: Buffer): Buffer | undefined {
  const [, , inner] = /^b(['"])(.*)\1$/s.exec(body.toString('latin1')) ?? [];
  if (inner === undefined) return undefined;
  const text = inner.replace(/\\(x([0-9a-f]{2})|.)/gs, (_, escaped: string, hex: string | undefined) => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    return { n: '\n', r: '\r', t: '\t' }[escaped] ?? escaped;
  });
  return Buffer.from(text, 'latin1');
}
