import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { CommandError } from '../terminal/command-error.ts';

export interface HttpRequest {
  readonly method: string;
  /** A list of pairs keeps order, case and repeats. `content-length` is added if it is missing. */
  readonly headers: Readonly<Record<string, string>> | readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
  /** From the first byte out to the last byte in. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

export interface HttpAnswer {
  readonly kind: 'answer';
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Its first 64 KiB. */
  readonly body: Uint8Array;
  readonly durationMs: number;
}

/** No answer: nobody listens, a name that does not exist, a certificate, a connection that was cut, no time left. */
export interface HttpFailure {
  readonly kind: 'failure';
  /** Of Node (`ECONNREFUSED`, `ENOTFOUND`, …), or `TIMEOUT`. */
  readonly code: string;
  readonly durationMs: number;
}

export type HttpResult = HttpAnswer | HttpFailure;

/** Read what somebody gave as a URL. @throws URL_INVALID */
export function toHttpUrl(text: string): URL {
  // `localhost:3000` would pass for a URL with the scheme "localhost".
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && (url.protocol === 'http:' || url.protocol === 'https:')) return url;
  throw new CommandError('URL_INVALID', `"${text}" is no URL: write it like http://localhost:3000/webhooks/twenty`);
}

/**
 * Send one request over a connection of its own, exactly these bytes, and wait for the whole answer. Redirects are not
 * followed. It never rejects.
 */
export function sendRequest(url: URL, { method, headers, body, timeoutMs, signal }: HttpRequest): Promise<HttpResult> {
  const startedMs = performance.now();
  return new Promise((settle) => {
    // Not `AbortSignal.timeout`, which would be kept until it is over, long after most answers.
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), timeoutMs);
    const resolve = (result: HttpResult): void => {
      clearTimeout(timer);
      settle(result);
    };
    const fail = (code: string): void => {
      const durationMs = performance.now() - startedMs;
      resolve({ kind: 'failure', code: limit.signal.aborted ? 'TIMEOUT' : code, durationMs });
    };
    const send = url.protocol === 'https:' ? requestHttps : requestHttp;
    try {
      const request = send(url, {
        method,
        agent: false,
        signal: signal === undefined ? limit.signal : AbortSignal.any([limit.signal, signal]),
        headers: withUsualHeaders(url, headers, body).flat(),
      });
      request.on('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.name));
      request.on('response', (response) => {
        const chunks: Buffer[] = [];
        let length = 0;
        response.on('data', (chunk: Buffer) => {
          if (length < maxAnswerBytes) chunks.push(chunk.subarray(0, maxAnswerBytes - length));
          length += chunk.length;
        });
        response.on('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.name));
        response.on('end', () =>
          resolve({
            kind: 'answer',
            status: response.statusCode ?? 0,
            headers: Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, String(value)])),
            body: Buffer.concat(chunks),
            durationMs: performance.now() - startedMs,
          }),
        );
      });
      request.end(body);
    } catch (error) {
      fail((error as NodeJS.ErrnoException).code ?? 'INVALID');
    }
  });
}

/** Add what is missing. Node leaves the URL's user and password out where headers are a list. */
function withUsualHeaders(
  { host, username, password }: URL,
  headers: HttpRequest['headers'],
  body: Uint8Array,
): readonly (readonly [name: string, value: string])[] {
  const pairs = Array.isArray(headers) ? (headers as readonly (readonly [string, string])[]) : Object.entries(headers);
  const has = (names: RegExp): boolean => pairs.some(([name]) => names.test(name));
  const all: (readonly [string, string])[] = has(/^host$/i) ? [...pairs] : [['host', host], ...pairs];
  if ((username !== '' || password !== '') && !has(/^authorization$/i)) {
    const user = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    all.push(['authorization', `Basic ${Buffer.from(user).toString('base64')}`]);
  }
  if (!has(/^(content-length|transfer-encoding)$/i)) all.push(['content-length', String(body.length)]);
  return all;
}

const maxAnswerBytes = 64 * 1024;
