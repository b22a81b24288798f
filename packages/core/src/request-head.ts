/** Header maps of `fetch`, of Node, or of anything like them; names in any case. */
export type HeadersLike =
  | { get(name: string): string | null }
  | Readonly<Record<string, string | readonly string[] | undefined>>;

/** The headers that decide about a delivery, by their names in lower case. */
export type RequestHead = { [Name in HeaderName]?: string };

type HeaderName =
  | 'content-encoding'
  | 'content-length'
  | 'x-twenty-webhook-signature'
  | 'x-twenty-webhook-timestamp'
  | 'x-twenty-webhook-nonce'
  | 'x-twenty-signature';

/**
 * Pick the headers that matter. A header that came several times is joined with ', ' like everywhere in HTTP, so that a
 * repeated signature has a wrong form, instead of one of the two being believed.
 */
export function readHead(headers: HeadersLike): RequestHead {
  const head: RequestHead = {};
  const add = (name: string, value: string | readonly string[] | null | undefined): void => {
    if (value == null || !isHeaderName(name)) return;
    const text = typeof value === 'string' ? value : value.join(', ');
    head[name] = head[name] === undefined ? text : `${head[name]}, ${text}`;
  };
  if (isHeaders(headers)) {
    for (const name of names) add(name, headers.get(name));
  } else {
    // Node's names are lower case. To make any other so is dear, and the length tells most of those that do not matter.
    for (const name in headers) if (lengths.has(name.length)) add(name.toLowerCase(), headers[name]);
  }
  return head;
}

const names: ReadonlySet<string> = new Set<HeaderName>([
  'content-encoding',
  'content-length',
  'x-twenty-webhook-signature',
  'x-twenty-webhook-timestamp',
  'x-twenty-webhook-nonce',
  'x-twenty-signature',
]);
const lengths: ReadonlySet<number> = new Set(Array.from(names, ({ length }) => length));

const isHeaderName = (name: string): name is HeaderName => names.has(name);

const isHeaders = (headers: HeadersLike): headers is { get(name: string): string | null } =>
  typeof headers.get === 'function';
