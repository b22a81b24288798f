import { type ClientRequest, Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';

export interface PostRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Aborting gives it up wherever it is. */
  readonly signal: AbortSignal;
}

/**
 * POST, and follow redirects as Twenty's client does: 301, 302 and 303 turn it into an empty GET that keeps every header
 * but those about the body; 307 and 308 keep all. By hand, since `fetch` would drop and forbid headers by rules of its own.
 * Gives the status of the last answer once that is read to its end; rejects if there is none.
 */
export async function post({ url, headers, body, signal }: PostRequest): Promise<number> {
  let [method, location, sent, content]: [string, string, Readonly<Record<string, string>>, Uint8Array | undefined] = [
    'POST',
    url,
    headers,
    body,
  ];
  for (let redirects = 0; redirects <= maxRedirects; redirects += 1) {
    const answer = await send(location, { method, headers: sent, signal }, content);
    const status = answer.statusCode ?? 0;
    if (![301, 302, 303, 307, 308].includes(status) || answer.headers.location === undefined) return status;
    location = new URL(answer.headers.location, location).href;
    if (status !== 307 && status !== 308) {
      method = 'GET';
      content = undefined;
      sent = Object.fromEntries(Object.entries(sent).filter(([name]) => !name.startsWith('content-')));
    }
  }
  throw new Error(`More than ${maxRedirects} redirects`);
}

// What axios follows.
const maxRedirects = 21;

// A connection for each delivery: one that is kept may be closed by the target just as the next delivery is written to it.
const agents = { http: new HttpAgent({ keepAlive: false }), https: new HttpsAgent({ keepAlive: false }) };

interface SendOptions {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

const send = (url: string, options: SendOptions, body: Uint8Array | undefined): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const isHttps = url.startsWith('https:');
    const open = isHttps ? requestHttps : requestHttp;
    const headers = { ...options.headers, ...(body !== undefined && { 'content-length': String(body.byteLength) }) };
    const outgoing: ClientRequest = open(
      url,
      { ...options, headers, agent: isHttps ? agents.https : agents.http },
      (answer) => {
        answer.once('end', () => resolve(answer));
        answer.on('error', reject);
        answer.once('close', () => reject(new Error('The answer was cut off')));
        answer.resume();
      },
    );
    outgoing.on('error', reject);
    outgoing.once('upgrade', (_, socket) => {
      socket.destroy();
      reject(new Error('The target answered 101, but nobody asked to switch protocols'));
    });
    outgoing.end(body);
  });
