import { explainResult } from '../http/explain-result.ts';
import { type HttpResult, sendRequest } from '../http/send-request.ts';
import type { ForwardResult } from './inspector-api.ts';
import { maskBody } from './masked-body.ts';

/** A request that came, to be sent on. */
export interface PassedRequest {
  readonly method: string;
  readonly headers: readonly HeaderPair[];
  readonly body: Uint8Array;
}

export interface PassOnOptions {
  /** Ends the waiting for an answer. */
  readonly signal: AbortSignal;
  /** @default 30 000 */
  readonly timeoutMs?: number | undefined;
}

export type HeaderPair = readonly [name: string, value: string];

/** Send a request on, once, and tell what came back. It never rejects. The URL's user and password are sent instead of others. */
export async function passOn(
  url: URL,
  { method, headers, body }: PassedRequest,
  { signal, timeoutMs = defaultTimeoutMs }: PassOnOptions,
): Promise<{ readonly result: HttpResult; readonly forward: ForwardResult }> {
  const hasCredentials = url.username !== '' || url.password !== '';
  const result = await sendRequest(url, {
    method,
    headers: hasCredentials ? headers.filter(([name]) => name.toLowerCase() !== 'authorization') : headers,
    body,
    timeoutMs,
    signal,
    maxAnswerBytes,
  });
  const forward = toForwardResult(url, result);
  // Targets give back what they got; the answer itself goes on as it is.
  const isHidden = forward.body !== '' && maskBody(body).isMasked;
  return { result, forward: isHidden ? { ...forward, body: '(not shown: the delivery holds secrets)' } : forward };
}

/** The headers that are the sender's own and not those of the one connection on which they came. */
export function headersToPass(rawHeaders: readonly string[]): HeaderPair[] {
  const pairs = toPairs(rawHeaders);
  const ofConnection = pairs.flatMap(([name, value]) =>
    name.toLowerCase() === 'connection' ? value.split(',').map((one) => one.trim().toLowerCase()) : [],
  );
  const left = new Set([...hopByHop, ...ofConnection]);
  return pairs.filter(([name]) => !left.has(name.toLowerCase()));
}

/** Names and values in turn, as Node has them, two by two. */
export function toPairs(rawHeaders: readonly string[]): HeaderPair[] {
  const pairs: HeaderPair[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    pairs.push([rawHeaders[index] ?? '', rawHeaders[index + 1] ?? '']);
  }
  return pairs;
}

/** A URL as whoever started `listen` may see it: with its query, without user and password. */
export function withoutCredentials(url: URL): string {
  const plain = new URL(url);
  plain.username = '';
  plain.password = '';
  return plain.href;
}

function toForwardResult(url: URL, result: HttpResult): ForwardResult {
  const durationMs = Math.round(result.durationMs * 10) / 10;
  const facts = { url: withoutCredentials(url), durationMs };
  if (result.kind === 'failure') {
    return { ...facts, status: undefined, error: result.code, reason: explainResult(result), body: '' };
  }
  const { status, isCut = false } = result;
  if (!isCut) return { ...facts, status, error: undefined, reason: explainResult(result), body: textOf(result) };
  const reason = `It answered ${status} with more than 5 MiB, which is not passed back: Twenty needs a status only.`;
  return { ...facts, status: undefined, error: 'FORWARD_ANSWER_TOO_LARGE', reason, body: '' };
}

function textOf({ headers, body }: Extract<HttpResult, { kind: 'answer' }>): string {
  const { 'content-encoding': encoding = '' } = headers;
  if (body.length > 0 && !/^(identity)?$/i.test(encoding)) return `(compressed: ${encoding})`;
  return new TextDecoder().decode(body.subarray(0, maxShownLength * 4)).slice(0, maxShownLength);
}

/** Longer than Twenty waits: who debugs wants to see the answer, even if it comes too late. */
const defaultTimeoutMs = 30_000;
const maxShownLength = 2_000;
const maxAnswerBytes = 5 * 1024 * 1024;

// RFC 9110 §7.6.1; `host` and `content-length` are made anew.
const hopByHop: readonly string[] = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
  'host',
  'content-length',
];
