import assert from 'node:assert/strict';

/** What a server answered. */
export interface Reply {
  readonly status: number;
  /** Names in lower case; of repeated ones the last. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The whole head, as received. */
  readonly head: string;
  readonly text: string;
}

/** Fail unless the answer is this status with exactly this JSON, so that nothing else can hide in it. */
export function assertAnswer(reply: Reply, status: number, body: object): void {
  assert.deepEqual({ status: reply.status, body: toJson(reply.text) }, { status, body });
  assert.match(reply.headers['content-type'] ?? 'none', /^application\/json\b/, 'content-type');
}

/** Fail unless it is the answer to an error: the code and nothing else. */
export function assertError(reply: Reply, status: number, code: string): void {
  assertAnswer(reply, status, { error: code });
}

/** The `status` member of an answer, if it is JSON with one. */
export function statusOf(reply: Reply): unknown {
  const body = toJson(reply.text);
  return typeof body === 'object' && body !== null && 'status' in body ? body.status : undefined;
}

const toJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

/**
 * Take the first complete answer off received bytes: `undefined` if there is more to come.
 *
 * @throws Error if the connection ended in the middle of it, or it is no HTTP
 */
export function takeReply(
  bytes: Buffer,
  { isEnded, isHead }: { readonly isEnded: boolean; readonly isHead: boolean },
): { readonly reply: Reply; readonly rest: Buffer } | undefined {
  const headLength = bytes.indexOf('\r\n\r\n');
  if (headLength < 0) return undefined;
  const head = bytes.toString('latin1', 0, headLength);
  const [statusLine = '', ...lines] = head.split('\r\n');
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(statusLine)?.[1] ?? Number.NaN);
  assert.ok(status >= 100, `no status line: ${statusLine}`);
  const after = bytes.subarray(headLength + 4);
  if (status < 200) return takeReply(after, { isEnded, isHead });
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  const body =
    isHead || status === 204 || status === 304 ? { text: '', rest: after } : takeBody(after, headers, isEnded);
  return body && { reply: { status, headers, head, text: body.text }, rest: body.rest };
}

type Body = { readonly text: string; readonly rest: Buffer };

function takeBody(bytes: Buffer, headers: Readonly<Record<string, string>>, isEnded: boolean): Body | undefined {
  if (/chunked/i.test(headers['transfer-encoding'] ?? '')) return takeChunks(bytes);
  const length = headers['content-length'];
  if (length === undefined) return isEnded ? { text: bytes.toString(), rest: Buffer.alloc(0) } : undefined;
  const end = Number(length);
  return bytes.length < end ? undefined : { text: bytes.toString('utf8', 0, end), rest: bytes.subarray(end) };
}

function takeChunks(bytes: Buffer): Body | undefined {
  const chunks: Buffer[] = [];
  for (let rest = bytes; ; ) {
    const lineEnd = rest.indexOf('\r\n');
    if (lineEnd < 0) return undefined;
    const end = lineEnd + 2 + Number.parseInt(rest.toString('latin1', 0, lineEnd), 16);
    if (rest.length < end + 2) return undefined;
    const isLast = end === lineEnd + 2;
    chunks.push(rest.subarray(lineEnd + 2, end));
    rest = rest.subarray(end + 2);
    if (isLast) return { text: Buffer.concat(chunks).toString(), rest };
  }
}
