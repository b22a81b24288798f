/** Header maps of `fetch`, of Node, or of anything like them; names in any case. */
export type HeadersLike =
  | { get(name: string): string | null }
  | Readonly<Record<string, string | readonly string[] | undefined>>;

/** The headers that decide about a delivery, by their names in lower case. */
export interface RequestHead {
  'content-encoding'?: string | undefined;
  'content-length'?: string | undefined;
  'x-twenty-webhook-signature'?: string | undefined;
  'x-twenty-webhook-timestamp'?: string | undefined;
  'x-twenty-webhook-nonce'?: string | undefined;
  'x-twenty-signature'?: string | undefined;
}

/**
 * Pick the headers that matter. A header that came several times is joined with ', ' like everywhere in HTTP, so that a
 * repeated signature has a wrong form, instead of one of the two being believed.
 */
export function readHead(headers: HeadersLike): RequestHead {
  return isHeaders(headers) ? pick((name) => headers.get(name) ?? undefined) : pickFrom(headers);
}

function pickFrom(record: HeaderRecord): RequestHead {
  for (const name in record) {
    // Node's names are lower case. A record where one of ours may not be is put into that form first; the length tells
    // most of the others, without making them lower case to see.
    if (lengths.has(name.length) && name !== name.toLowerCase()) return pickFrom(toLowerCaseNames(record));
  }
  return pick((name) => toText(record[name]));
}

const pick = (get: (name: string) => string | undefined): RequestHead => ({
  'content-encoding': get('content-encoding'),
  'content-length': get('content-length'),
  'x-twenty-webhook-signature': get('x-twenty-webhook-signature'),
  'x-twenty-webhook-timestamp': get('x-twenty-webhook-timestamp'),
  'x-twenty-webhook-nonce': get('x-twenty-webhook-nonce'),
  'x-twenty-signature': get('x-twenty-signature'),
});

function toLowerCaseNames(record: HeaderRecord): HeaderRecord {
  const lower: Record<string, string[]> = Object.create(null);
  for (const name in record) {
    const key = name.toLowerCase();
    const value = record[name];
    if (value !== undefined) lower[key] = [...(lower[key] ?? []), value].flat();
  }
  return lower;
}

type HeaderRecord = Readonly<Record<string, string | readonly string[] | undefined>>;

const lengths: ReadonlySet<number> = new Set(Object.keys(pick(() => undefined)).map(({ length }) => length));

const isHeaders = (headers: HeadersLike): headers is { get(name: string): string | null } =>
  typeof headers.get === 'function';

const toText = (value: string | readonly string[] | undefined): string | undefined =>
  typeof value === 'object' ? value.join(', ') : value;

/** One header by its name in lower case. */
export function headerOf(headers: HeadersLike, name: string): string | undefined {
  if (isHeaders(headers)) return headers.get(name) ?? undefined;
  const key = name in headers ? name : Object.keys(headers).find((other) => other.toLowerCase() === name);
  return key === undefined ? undefined : toText(headers[key]);
}
