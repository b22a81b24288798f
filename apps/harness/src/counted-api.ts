import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

/** A way to Twenty's API that counts, delays and breaks. */
export interface CountedApi {
  readonly origin: string;
  readonly posts: readonly { readonly atMs: number; readonly id: string; readonly title: string | undefined }[];
  answerAfter(ms: number): void;
  fail(how: number | 'hang up' | undefined): void;
  close(): void;
}

export async function startCountedApi(target: string): Promise<CountedApi> {
  const posts: { atMs: number; id: string; title: string | undefined }[] = [];
  let delayMs = 0;
  let failure: number | 'hang up' | undefined;
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const { url, method = 'GET', headers } = request;
    if (failure === 'hang up') return void request.destroy();
    if (failure !== undefined) return void response.writeHead(failure).end('{}');
    if (method === 'POST') posts.push({ atMs: Date.now(), ...JSON.parse(body) });
    const { authorization = '' } = headers;
    const sent = { authorization, 'content-type': 'application/json' };
    const answer = await fetch(target + url, {
      method,
      headers: sent,
      ...(method === 'POST' && { body }),
    });
    const answered = await answer.text();
    await sleep(delayMs);
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answered);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    posts,
    answerAfter(ms) {
      delayMs = ms;
    },
    fail(how) {
      failure = how;
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
