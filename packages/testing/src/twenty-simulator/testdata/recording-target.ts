import type { IncomingHttpHeaders } from 'node:http';
import { startTestServer } from '../../test-server.ts';

/** What arrived at a target, as it was on the wire. */
export interface Arrival {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** The body, parsed. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into it as they like
  readonly json: any;
}

export interface RecordingTarget {
  readonly url: string;
  readonly arrivals: readonly Arrival[];
  /** The most requests that were unanswered at the same time. */
  readonly peak: number;
  /** From now on answers with this; may wait. */
  answerWith(answer: (arrival: Arrival, index: number) => Answer | Promise<Answer>): void;
  close(): Promise<void>;
}

/** A status, headers too, or never an answer. */
export type Answer = number | { readonly status: number; readonly headers: Readonly<Record<string, string>> } | 'never';

/** A server that keeps what arrives and answers 200 if nobody says otherwise. */
export async function startRecordingTarget(): Promise<RecordingTarget> {
  const arrivals: Arrival[] = [];
  let [underWay, peak] = [0, 0];
  let answer: Parameters<RecordingTarget['answerWith']>[0] = () => 200;
  const server = await startTestServer(async (request, response) => {
    underWay += 1;
    peak = Math.max(peak, underWay);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const json = body.length === 0 ? undefined : JSON.parse(body.toString());
    const arrival = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body, json };
    arrivals.push(arrival);
    const made = await answer(arrival, arrivals.length - 1);
    if (made === 'never') return;
    // Before the answer: with it, the next one may come.
    underWay -= 1;
    const { status, headers } = typeof made === 'number' ? { status: made, headers: {} } : made;
    response.writeHead(status, headers).end();
  });
  return {
    url: `${server.origin}/webhooks/twenty`,
    arrivals,
    get peak() {
      return peak;
    },
    answerWith(next) {
      answer = next;
    },
    close: server.close,
  };
}
