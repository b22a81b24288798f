import { type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { CommandError } from '../terminal/command-error.ts';
import { printable } from '../terminal/printable.ts';
import { basicCredentials } from './basic-credentials.ts';

export interface HttpRequest {
  readonly method: string;
  /** A list of pairs keeps order, case and repeats. `content-length` is added if it is missing. */
  readonly headers: Readonly<Record<string, string>> | readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
  /** From the first byte out to the last byte in. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** How much of the answer's body is kept. @default 64 KiB */
  readonly maxAnswerBytes?: number;
}

export interface HttpAnswer {
  readonly kind: 'answer';
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Its first `maxAnswerBytes`. */
  readonly body: Uint8Array;
  /** Whether there was more of it. */
  readonly isCut?: boolean;
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
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    // Before an @ there may be a password, in a query a token.
    const what = /[@?]/.test(text) ? 'That' : `"${printable(text)}"`;
    throw new CommandError('URL_INVALID', `${what} is no URL: write it like http://localhost:3000/webhooks/twenty`);
  }
  try {
    basicCredentials(url);
  } catch (cause) {
    const message = 'The user or the password in that URL is not percent-encoded: a % in it is written %25.';
    throw new CommandError('URL_INVALID', message, { cause });
  }
  return url;
}

/**
 * Send one request over a connection of its own, exactly these bytes, and wait for the whole answer. Redirects are not
 * followed. It never rejects.
 */
export function sendRequest(url: URL, options: HttpRequest): Promise<HttpResult> {
  const { method, headers, body, timeoutMs, signal, maxAnswerBytes = defaultMaxAnswerBytes } = options;
  const startedMs = performance.now();
  return new Promise((settle) => {
    let request: ClientRequest | undefined;
    // What comes first counts: several of these events come one after the other.
    const end = (result: { kind: 'failure'; code: string } | Omit<HttpAnswer, 'durationMs'>): void => {
      clearTimeout(timer);
      settle({ ...result, durationMs: performance.now() - startedMs });
    };
    const fail = ({ code, name }: NodeJS.ErrnoException): void => end({ kind: 'failure', code: code ?? name });
    const timer = setTimeout(() => {
      end({ kind: 'failure', code: 'TIMEOUT' });
      request?.destroy();
    }, timeoutMs);
    try {
      const send = url.protocol === 'https:' ? requestHttps : requestHttp;
      request = send(url, { method, agent: false, signal, headers: withUsualHeaders(url, headers, body).flat() });
      request.on('error', fail);
      // Also where neither an error nor an end was told.
      request.on('close', () => end({ kind: 'failure', code: 'ECONNRESET' }));
      request.on('response', (response) => {
        const chunks: Buffer[] = [];
        let length = 0;
        response.on('data', (chunk: Buffer) => {
          if (length < maxAnswerBytes) chunks.push(chunk.subarray(0, maxAnswerBytes - length));
          length += chunk.length;
        });
        response.on('error', fail);
        response.on('end', () => end({ ...toAnswer(response, Buffer.concat(chunks)), isCut: length > maxAnswerBytes }));
      });
      // A 101 that nobody asked for: what comes after it is not HTTP.
      request.on('upgrade', (response, socket) => {
        end(toAnswer(response, Buffer.of()));
        socket.destroy();
      });
      request.end(body);
    } catch (error) {
      fail(error as NodeJS.ErrnoException);
    }
  });
}

function toAnswer({ statusCode = 0, headers }: IncomingMessage, body: Buffer): Omit<HttpAnswer, 'durationMs'> {
  const pairs = Object.entries(headers).map(([name, value]) => [name, String(value)]);
  return { kind: 'answer', status: statusCode, headers: Object.fromEntries(pairs), body };
}

/** Add what is missing. Node leaves the URL's user and password out where headers are a list. */
function withUsualHeaders(
  url: URL,
  headers: HttpRequest['headers'],
  body: Uint8Array,
): readonly (readonly [name: string, value: string])[] {
  const pairs = Array.isArray(headers) ? (headers as readonly (readonly [string, string])[]) : Object.entries(headers);
  const has = (names: RegExp): boolean => pairs.some(([name]) => names.test(name));
  const all: (readonly [string, string])[] = has(/^host$/i) ? [...pairs] : [['host', url.host], ...pairs];
  const credentials = basicCredentials(url);
  if (credentials !== undefined && !has(/^authorization$/i)) all.push(['authorization', credentials]);
  if (!has(/^(content-length|transfer-encoding)$/i)) all.push(['content-length', String(body.length)]);
  return all;
}

const defaultMaxAnswerBytes = 64 * 1024;
