import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { startTestServer, type TestServer } from '@twenty-webhooks/testing';

/** A way to Twenty's API that counts, delays and breaks. */
export interface CountedApi extends TestServer {
  readonly posts: readonly { readonly atMs: number; readonly id: string; readonly title: string | undefined }[];
  answerAfter(ms: number): void;
  /** From now on. A status; `lose the answer`: what is asked for is done, and the connection ends. */
  fail(how: Failure | undefined): void;
}

type Failure = number | 'hang up' | 'never answer' | 'lose the answer';

export async function startCountedApi(target: string): Promise<CountedApi> {
  const posts: { atMs: number; id: string; title: string | undefined }[] = [];
  let delayMs = 0;
  let failure: Failure | undefined;
  const { origin, close } = await startTestServer(async (request, response) => {
    const body = await text(request);
    const { url, method = 'GET', headers } = request;
    const how = failure;
    if (how === 'never answer') return;
    // The socket: a request that has been read has nothing left to destroy.
    if (how === 'hang up') return void request.socket.destroy();
    if (typeof how === 'number') return void response.writeHead(how).end('{}');
    if (method === 'POST') posts.push({ atMs: Date.now(), ...JSON.parse(body) });
    const { authorization = '' } = headers;
    const sent = { authorization, 'content-type': 'application/json' };
    const answer = await fetch(target + url, {
      method,
      headers: sent,
      ...(method === 'POST' && { body }),
    });
    const answered = await answer.text();
    if (how === 'lose the answer') return void request.socket.destroy();
    await sleep(delayMs, undefined, { ref: false });
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answered);
  });
  return {
    origin,
    close,
    posts,
    answerAfter(ms) {
      delayMs = ms;
    },
    fail(how) {
      failure = how;
    },
  };
}
