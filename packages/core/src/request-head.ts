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
  const record = isHeaders(headers) ? toRecord(headers) : headers;
  let contentEncoding: string | undefined;
  let contentLength: string | undefined;
  let signature: string | undefined;
  let timestamp: string | undefined;
  let nonce: string | undefined;
  let plainSignature: string | undefined;
  for (const name in record) {
    const value = record[name];
    switch (name) {
      case 'content-encoding':
        contentEncoding = toText(value);
        break;
      case 'content-length':
        contentLength = toText(value);
        break;
      case 'x-twenty-webhook-signature':
        signature = toText(value);
        break;
      case 'x-twenty-webhook-timestamp':
        timestamp = toText(value);
        break;
      case 'x-twenty-webhook-nonce':
        nonce = toText(value);
        break;
      case 'x-twenty-signature':
        plainSignature = toText(value);
        break;
      default:
        // Node's names are lower case. A record where one of ours is not is put into that form first.
        if (lengths.has(name.length) && name !== name.toLowerCase()) return readHead(toLowerCaseNames(record));
    }
  }
  return { contentEncoding, contentLength, signature, timestamp, nonce, plainSignature };
}

type HeaderValue = string | readonly string[] | undefined;
type HeaderRecord = Readonly<Record<string, HeaderValue>>;

const names = [
  'content-encoding',
  'content-length',
  'x-twenty-webhook-signature',
  'x-twenty-webhook-timestamp',
  'x-twenty-webhook-nonce',
  'x-twenty-signature',
];
const lengths: ReadonlySet<number> = new Set(names.map(({ length }) => length));

const isHeaders = (headers: HeadersLike): headers is { get(name: string): string | null } =>
  typeof headers.get === 'function';

const toRecord = (headers: { get(name: string): string | null }): HeaderRecord =>
  Object.fromEntries(names.map((name) => [name, headers.get(name) ?? undefined]));

function toLowerCaseNames(headers: HeaderRecord): HeaderRecord {
  const lower: Record<string, HeaderValue> = Object.create(null);
  for (const [name, value] of Object.entries(headers)) {
    const key = name.toLowerCase();
    if (value !== undefined) lower[key] = [lower[key] ?? [], value].flat(2);
  }
  return lower;
}

const toText = (value: HeaderValue): string | undefined => (typeof value === 'object' ? value.join(', ') : value);
