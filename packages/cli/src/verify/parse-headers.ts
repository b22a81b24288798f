export type HeaderPairs = readonly (readonly [name: string, value: string])[];

export interface RequestLines {
  /** Of a request line, where there is one. */
  readonly method: string | undefined;
  readonly pairs: HeaderPairs;
  /** Numbers, from 1, of the lines that are neither a header nor anything known. */
  readonly unread: readonly number[];
}

/** What can be read, in words. */
export const headerForms =
  '"Name: value" lines, -H options of curl, output of curl -v, JSON, or what console.log(request.headers) prints';

/** Read headers in the forms that people have: see `headerForms`. */
export function parseHeaders(text: string): RequestLines {
  const bare = text.replace(/^\uFEFF/, '');
  const pairs = /^\s*[{[]/.test(bare) ? parseJson(bare) : undefined;
  if (pairs !== undefined) return { method: undefined, pairs, unread: [] };
  const lines = parseHeaderLines(bare);
  if (lines.unread.length === 0 || isComplete(lines.pairs)) return lines;
  const other = [parseCurl(bare), parseInspected(bare)].find((found) =>
    found.some(([name]) => /^x-twenty-/i.test(name)),
  );
  return other === undefined ? lines : { method: undefined, pairs: other, unread: [] };
}

/** Whether a signature, with what belongs to it, is there in its form, so that lines that were not read can not have been it. */
export function isComplete(pairs: HeaderPairs): boolean {
  const has = (name: string, form: RegExp): boolean =>
    pairs.some(([given, value]) => given.toLowerCase() === name && form.test(value));
  return has('x-twenty-webhook-timestamp', /./)
    ? has('x-twenty-webhook-signature', /^[0-9a-f]{64}$/i)
    : has('x-twenty-signature', /^sha256=[0-9a-f]{64}$/i);
}

/** Read one `Name: value`; `undefined` if it is none. */
export function parseHeaderLine(line: string): HeaderPairs[number] | undefined {
  const [whole, name, value] = /^([!#$%&'*+\-.^_`|~\w]+)[ \t]*:(.*)$/s.exec(line) ?? [];
  return whole === undefined || name === undefined || value === undefined ? undefined : [name, value.trim()];
}

/** Read `POST /webhooks/twenty HTTP/1.1`; gives its method. */
export function parseRequestLine(line: string): string | undefined {
  return /^([A-Z]{3,10}) \S+ HTTP\/[\d.]+\s*$/.exec(line)?.[1];
}

/** Read lines as in HTTP, also indented or folded ones; with a request line before them, up to the first empty one. */
export function parseHeaderLines(text: string): RequestLines {
  let method: string | undefined;
  const unread: number[] = [];
  const pairs: [string, string][] = [];
  const all = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  // Of `curl -v` only what was sent: `> `.
  const isCurl = all.some((line) => /^> [A-Z]+ \S+ HTTP\//.test(line));
  for (const [index, given] of all.entries()) {
    if (isCurl && !given.startsWith('>')) continue;
    const line = isCurl ? given.replace(/^> ?/, '') : given;
    const bare = line.trim();
    if (bare === '') {
      if (method !== undefined && pairs.length > 0) break;
      continue;
    }
    const pair = parseHeaderLine(bare);
    const found = parseRequestLine(bare);
    const last = pairs.at(-1);
    if (found !== undefined) method = found;
    else if (pair !== undefined) pairs.push([...pair]);
    else if (last !== undefined && /^[ \t]/.test(line)) last[1] = `${last[1]} ${bare}`.trim();
    else unread.push(index + 1);
  }
  return { method, pairs, unread };
}

const parseCurl = (text: string): HeaderPairs =>
  [...text.matchAll(/(?:^|\s)(?:-H|--header)[ =]?\s*(['"])(.*?)\1/g)].flatMap(([, , line = '']) => {
    const pair = parseHeaderLine(line);
    return pair === undefined ? [] : [pair];
  });

/** What `console.log` shows of an object, a `Headers` or a `Map`, and Python of a dict. */
const parseInspected = (text: string): HeaderPairs =>
  [...text.matchAll(/(?:(['"])([\w-]+)\1|([\w-]+))\s*(?::|=>)\s*(['"])(.*?)\4\s*(?=[,}\n\r]|$)/g)].map((match) => [
    match[2] ?? match[3] ?? '',
    (match[5] ?? '').trim(),
  ]);

function parseJson(text: string): HeaderPairs | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  // What serverless platforms log: the headers are one member of it.
  const { headers, rawHeaders } = value as { readonly headers?: unknown; readonly rawHeaders?: unknown };
  const found = Array.isArray(rawHeaders)
    ? rawHeaders
    : typeof headers === 'object' && headers !== null
      ? headers
      : value;
  return Array.isArray(found) ? fromList(found) : fromObject(found as object);
}

function fromList(list: readonly unknown[]): HeaderPairs {
  if (list.every((one) => typeof one === 'string')) {
    return list.flatMap((name, index) => (index % 2 === 0 ? toPairs(name, list[index + 1]) : []));
  }
  return list.flatMap((one) => {
    if (Array.isArray(one)) return toPairs(String(one[0]), one[1]);
    // HAR files have names, Postman has keys.
    const { name, key = name, value } = (one ?? {}) as { readonly [Member in 'name' | 'key' | 'value']?: unknown };
    return typeof key === 'string' ? toPairs(key, value) : [];
  });
}

const fromObject = (object: object): HeaderPairs =>
  Object.entries(object).flatMap(([name, value]) => toPairs(name, value));

function toPairs(name: string, value: unknown): HeaderPairs {
  // Not `flat`: it may be nested deeper than the stack is.
  if (Array.isArray(value)) return value.flatMap((one) => (Array.isArray(one) ? [] : toPairs(name, one)));
  return typeof value === 'string' || typeof value === 'number' ? [[name, String(value).trim()]] : [];
}
