/** Header maps of `fetch`, of Node, or of anything like them; names in any case. */
export type HeadersLike =
  | { get(name: string): string | null }
  | Readonly<Record<string, string | readonly string[] | undefined>>;

/** The headers that decide about a delivery. */
export interface RequestHead {
  contentEncoding: string | undefined;
  contentLength: string | undefined;
  signature: string | undefined;
  timestamp: string | undefined;
  nonce: string | undefined;
  plainSignature: string | undefined;
}

/**
 * Pick the headers that matter. A header that came several times is joined with ', ' like everywhere in HTTP, so that a
 * repeated signature has a wrong form, instead of one of the two being believed.
 */
export function readHead(headers: HeadersLike): RequestHead {
  const record = toRecord(headers);
  return {
    contentEncoding: join(record['content-encoding']),
    contentLength: join(record['content-length']),
    signature: join(record['x-twenty-webhook-signature']),
    timestamp: join(record['x-twenty-webhook-timestamp']),
    nonce: join(record['x-twenty-webhook-nonce']),
    plainSignature: join(record['x-twenty-signature']),
  };
}

type HeaderRecord = Readonly<Record<string, string | readonly string[] | undefined>>;

function toRecord(headers: HeadersLike): HeaderRecord {
  if (isHeaders(headers)) {
    return Object.fromEntries(headerNames.map((name) => [name, headers.get(name) ?? undefined]));
  }
  // Node's names are lower case, which the signature shows; any other record is put into that form.
  return headers['x-twenty-webhook-signature'] === undefined ? toLowerCaseNames(headers) : headers;
}

const headerNames = [
  'content-encoding',
  'content-length',
  'x-twenty-webhook-signature',
  'x-twenty-webhook-timestamp',
  'x-twenty-webhook-nonce',
  'x-twenty-signature',
];

const isHeaders = (headers: HeadersLike): headers is { get(name: string): string | null } =>
  typeof headers.get === 'function';

function toLowerCaseNames(headers: HeaderRecord): HeaderRecord {
  const lower: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(headers)) {
    const key = name.toLowerCase();
    const text = join(value);
    if (text !== undefined) lower[key] = key in lower ? `${lower[key]}, ${text}` : text;
  }
  return lower;
}

const join = (value: string | readonly string[] | undefined): string | undefined =>
  typeof value === 'object' ? value.join(', ') : value;
