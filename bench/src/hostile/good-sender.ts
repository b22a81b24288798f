import { Agent, request } from 'node:http';
import { path } from '../http/running-server.ts';
import { makeDelivery } from './wire/deliveries.ts';

/** How good deliveries fared. */
export interface GoodResult {
  readonly sent: number;
  /** Answered with 200, as accepted. */
  readonly accepted: readonly string[];
  /** Got no answer of a receiver; whether they are stored nobody was told. */
  readonly unknown: readonly string[];
  /** Everything else that happened to one, by what it was. */
  readonly failures: Readonly<Record<string, number>>;
  readonly answerMs: { readonly p50: number; readonly p99: number; readonly max: number };
}

export interface GoodSender {
  /** No more; wait for the last answers. */
  stop(): Promise<GoodResult>;
}

export interface GoodSenderOptions {
  readonly perSecond: number;
  /** Send over a few connections that stay open, as a proxy does. Else each has one of its own, to be accepted among attackers'. */
  readonly keepsConnections?: boolean | undefined;
  /** After this an answer has failed to come. @default 5 000, as for a Twenty server */
  readonly answerWithinMs?: number | undefined;
}

/**
 * Send good deliveries at a steady rate, whatever happened to those before. The time of each runs from the moment at which it
 * should have been sent.
 */
export function startGoodSender(
  port: number,
  { perSecond, keepsConnections, answerWithinMs = 5_000 }: GoodSenderOptions,
): GoodSender {
  const agent = keepsConnections === true && new Agent({ keepAlive: true, maxSockets: 8, scheduling: 'fifo' });
  const accepted: string[] = [];
  const unknown: string[] = [];
  const failures: Record<string, number> = {};
  const answersMs: number[] = [];
  const open = new Set<Promise<void>>();
  const startedAtMs = performance.now();
  let sent = 0;

  const send = async (dueAtMs: number): Promise<void> => {
    const { recordId, headers, body } = makeDelivery();
    const answer = await post(port, agent, { headers, body, answerWithinMs });
    answersMs.push(performance.now() - dueAtMs);
    if (answer.startsWith('200 {"status":"accepted"')) accepted.push(recordId);
    else {
      failures[answer] = (failures[answer] ?? 0) + 1;
      if (!/^\d/.test(answer)) unknown.push(recordId);
    }
  };
  const timer = setInterval(() => {
    for (; startedAtMs + (sent * 1_000) / perSecond <= performance.now(); sent++) {
      const sending = send(startedAtMs + (sent * 1_000) / perSecond).finally(() => open.delete(sending));
      open.add(sending);
    }
  }, 5);
  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(open);
      if (agent) agent.destroy();
      const inOrder = answersMs.sort((one, other) => one - other);
      const quantile = (share: number): number => inOrder[Math.floor((inOrder.length - 1) * share)] ?? Number.NaN;
      return {
        sent,
        accepted,
        unknown,
        failures,
        answerMs: { p50: quantile(0.5), p99: quantile(0.99), max: quantile(1) },
      };
    },
  };
}

/** @returns status and body, or what came instead */
function post(
  port: number,
  agent: Agent | false,
  {
    headers,
    body,
    answerWithinMs: timeout,
  }: {
    readonly headers: Readonly<Record<string, string>>;
    readonly body: Uint8Array;
    readonly answerWithinMs: number;
  },
): Promise<string> {
  return new Promise((resolve) => {
    const options = { host: '127.0.0.1', port, path, method: 'POST', agent, timeout };
    const sending = request({ ...options, headers: { ...headers, 'content-length': body.length } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.once('error', () => resolve('answer cut off'));
      response.once('end', () => resolve(`${response.statusCode} ${text}`));
    });
    sending.once('timeout', () => sending.destroy(new Error(`no answer within ${timeout / 1_000} s`)));
    sending.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    sending.end(body);
  });
}
