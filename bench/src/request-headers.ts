/** What Node makes of the headers of a delivery: Twenty sends with axios. `signed` are those that carry the signature. */
export function requestHeaders(body: Buffer, signed: Readonly<Record<string, string>>): Record<string, string> {
  const headers: Record<string, string> = {};
  // One after the other, as Node does it.
  for (const [name, value] of [
    ['accept', 'application/json, text/plain, */*'],
    ['content-type', 'application/json'],
    ...Object.entries(signed),
    ['user-agent', 'axios/1.13.2'],
    ['content-length', String(body.length)],
    ['accept-encoding', 'gzip, compress, deflate, br'],
    ['host', '127.0.0.1:3000'],
    ['connection', 'keep-alive'],
  ] as const) {
    headers[name] = value;
  }
  return headers;
}
