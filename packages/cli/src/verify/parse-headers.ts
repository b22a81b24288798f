export type HeaderPairs = readonly (readonly [name: string, value: string])[];

export interface RequestLines {
  /** Of a request line, where there is one. */
  readonly method: string | undefined;
  readonly pairs: HeaderPairs;
  /** Lines that are neither a header nor anything known. */
  readonly unread: number;
}

/**
 * Read headers in the forms that people have: lines as in HTTP (a request line too), what `curl -v` prints, a JSON object
 * of names, a JSON list of pairs, or Node's flat `rawHeaders`.
 */
export function parseHeaders(text: string): RequestLines {
  const bare = text.replace(/^\uFEFF/, '').trim();
  const pairs = /^[{[]/.test(bare) ? parseJson(bare) : undefined;
  return pairs === undefined ? parseLines(bare) : { method: undefined, pairs, unread: 0 };
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

function parseLines(text: string): RequestLines {
  let method: string | undefined;
  let unread = 0;
  const pairs: (readonly [string, string])[] = [];
  // Of `curl -v` only what was sent: `> `.
  const all = text.split(/\r\n|\n|\r/);
  const isCurl = all.some((line) => /^> [A-Z]+ \S+ HTTP\//.test(line));
  for (const given of all) {
    if (isCurl && !given.startsWith('>')) continue;
    const line = isCurl ? given.replace(/^> ?/, '') : given;
    if (line.trim() === '') continue;
    const pair = parseHeaderLine(line.replace(/^-H\s+/, '').replace(/^(['"])(.*)\1\s*\\?$/, '$2'));
    const found = parseRequestLine(line);
    if (found !== undefined) method = found;
    else if (pair !== undefined) pairs.push(pair);
    else unread += 1;
  }
  return { method, pairs, unread };
}

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
    // HAR files have these.
    const { name, value } = (one ?? {}) as { readonly name?: unknown; readonly value?: unknown };
    return typeof name === 'string' ? toPairs(name, value) : [];
  });
}

const fromObject = (object: object): HeaderPairs =>
  Object.entries(object).flatMap(([name, value]) => toPairs(name, value));

function toPairs(name: string, value: unknown): HeaderPairs {
  if (Array.isArray(value)) return value.flatMap((one) => toPairs(name, one));
  return typeof value === 'string' || typeof value === 'number' ? [[name, String(value).trim()]] : [];
}
