import { parseHeaderLines, parseRequestLine, type RequestLines } from './parse-headers.ts';

export interface SplitRequest extends RequestLines {
  readonly body: Uint8Array;
}

/** Whether bytes start like a whole HTTP request. */
export function isRequest(bytes: Uint8Array): boolean {
  const [first = ''] = Buffer.from(bytes.subarray(0, 8 * 1024))
    .toString('latin1')
    .split('\n', 1);
  return parseRequestLine(first) !== undefined;
}

/**
 * Take a raw HTTP request apart, at its first empty line. As in HTTP, `content-length` and chunks say where the body ends.
 */
export function splitRequest(bytes: Uint8Array): SplitRequest {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [crlf, lf] = [all.indexOf('\r\n\r\n'), all.indexOf('\n\n')];
  const [end, length] = crlf >= 0 && (lf < 0 || crlf < lf) ? [crlf, 4] : [lf, 2];
  const head = end < 0 ? all : all.subarray(0, end);
  const rest = end < 0 ? all.subarray(all.length) : all.subarray(end + length);
  const { method, pairs, unread } = parseHeaderLines(head.toString('utf8'));
  const headerValue = (name: string): string | undefined => pairs.find(([given]) => given.toLowerCase() === name)?.[1];
  if (/chunked/i.test(headerValue('transfer-encoding') ?? ''))
    return { method, pairs, unread, body: joinChunks(rest) ?? rest };
  const declared = headerValue('content-length') ?? '';
  // Shorter than it says is for the diagnosis.
  return { method, pairs, unread, body: /^\d+$/.test(declared) ? rest.subarray(0, Number(declared)) : rest };
}

/** `undefined` if these are no chunks: a tool that saved the request may have joined them already. */
export function joinChunks(bytes: Buffer): Buffer | undefined {
  const chunks: Buffer[] = [];
  let at = 0;
  for (;;) {
    const end = bytes.indexOf('\r\n', at);
    const size = end < 0 ? undefined : /^([0-9a-f]{1,8})(;.*)?$/i.exec(bytes.toString('latin1', at, end))?.[1];
    if (size === undefined) return undefined;
    const length = Number.parseInt(size, 16);
    if (length === 0) return Buffer.concat(chunks);
    chunks.push(bytes.subarray(end + 2, end + 2 + length));
    at = end + 2 + length + 2;
  }
}
