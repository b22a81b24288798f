import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { signDelivery } from '@twenty-webhooks/testing';
import { secret } from '../contenders/secret.ts';
import { path } from '../http/running-server.ts';
import type { Answer } from './check-ledger.ts';
import type { SoakEvent } from './events.ts';
import type { Random } from './random.ts';

/** Sends deliveries as a proxy with retries does, and keeps what it was told. */
export interface Sender {
  /** Every 200. */
  readonly answers: readonly Answer[];
  /** How long each 200 took. */
  readonly answerMs: readonly number[];
  /** Attempts that had another answer, or none. */
  readonly failures: ReadonlyMap<string, number>;
  /** Send an event until it is answered with 200; `copies` at the same time, to different servers where there are some. */
  deliver(event: SoakEvent, copies: number): Promise<void>;
  close(): void;
}

/** @param ports of the servers that are up now */
export function createSender(ports: () => readonly number[], random: Random): Sender {
  const agent = new Agent({ keepAlive: true });
  const answers: Answer[] = [];
  const answerMs: number[] = [];
  const failures = new Map<string, number>();
  let isClosed = false;

  const deliverOnce = async (event: SoakEvent, delivery: ReturnType<typeof signDelivery>, offset: number) => {
    const giveUpAtMs = performance.now() + patienceMs;
    for (let attempt = 0; !isClosed; attempt++) {
      if (performance.now() > giveUpAtMs) throw new Error(`a delivery was not answered with 200 for ${patienceMs} ms`);
      const up = ports();
      const port = up[(offset + attempt) % up.length];
      if (port !== undefined) {
        const sentAtMs = performance.now();
        const outcome = await post(agent, port, delivery);
        if (typeof outcome === 'object') {
          answerMs.push(performance.now() - sentAtMs);
          answers.push({ eventId: outcome.id, status: outcome.status, handlers: event.handlers });
          return;
        }
        failures.set(outcome, (failures.get(outcome) ?? 0) + 1);
      }
      await sleep(random.between(5, 50));
    }
  };

  return {
    answers,
    answerMs,
    failures,
    async deliver(event, copies) {
      const delivery = signDelivery(event.body, { secret });
      const offset = random.below(1_000);
      await Promise.all(Array.from({ length: copies }, (_, copy) => deliverOnce(event, delivery, offset + copy)));
    },
    close() {
      isClosed = true;
      agent.destroy();
    },
  };
}

/** One attempt: what a 200 says, or what came instead of it. */
function post(
  agent: Agent,
  port: number,
  { headers, body }: ReturnType<typeof signDelivery>,
): Promise<{ readonly id: string; readonly status: string } | string> {
  return new Promise((resolve) => {
    const options = { agent, port, path, method: 'POST', headers: { ...headers, 'content-length': body.length } };
    const sent = request({ host: '127.0.0.1', ...options, timeout: 5_000 }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
      });
      response.once('error', () => resolve('answer cut off'));
      response.once('end', () =>
        resolve(response.statusCode === 200 ? JSON.parse(text) : `${response.statusCode} ${text}`),
      );
    });
    sent.once('timeout', () => sent.destroy(new Error('no answer within 5 s')));
    sent.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    sent.end(body);
  });
}

/** All servers are down for longer only if something is wrong with them. */
const patienceMs = 60_000;
