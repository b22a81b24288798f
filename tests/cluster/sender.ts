import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicMs } from '../../bench/src/soak/ledger.ts';
import type { Attempt } from './cluster-record.ts';
import type { ClusterEvent } from './events.ts';

/** Sends as a client does that tries again whatever was not answered with 200, and keeps every answer. */
export interface Sender {
  readonly attempts: readonly Attempt[];
  /** How many deliveries have had their 200. */
  readonly answered: number;
  readonly isClosed: boolean;
  /** Send an event, all its copies at once, until each is answered with 200. */
  deliver(event: ClusterEvent): Promise<void>;
  close(): void;
}

export function createSender(port: number): Sender {
  const agent = new Agent({ keepAlive: true });
  const attempts: Attempt[] = [];
  let answered = 0;
  let isClosed = false;

  const deliverCopy = async (event: ClusterEvent, copy: number): Promise<void> => {
    const giveUpAtMs = monotonicMs() + patienceMs;
    while (!isClosed) {
      const sentAtMs = monotonicMs();
      const answer = await post(agent, port, event);
      attempts.push({ event: event.index, copy, sentAtMs, endedAtMs: monotonicMs(), ...answer });
      if (answer.status === 200) {
        answered += 1;
        return;
      }
      if (sentAtMs > giveUpAtMs) {
        const last = `${answer.status} ${answer.outcome}`;
        throw new Error(`event ${event.index} was not answered with 200 for ${patienceMs} ms, in the end with ${last}`);
      }
      await sleep(pauseMs);
    }
  };
  return {
    attempts,
    get answered() {
      return answered;
    },
    get isClosed() {
      return isClosed;
    },
    async deliver(event) {
      await Promise.all(Array.from({ length: event.copies }, (_, copy) => deliverCopy(event, copy)));
    },
    close() {
      isClosed = true;
      agent.destroy();
    },
  };
}

type Answer = Pick<Attempt, 'status' | 'outcome' | 'id' | 'upstream'>;

function post(agent: Agent, port: number, { delivery: { headers, body } }: ClusterEvent): Promise<Answer> {
  return new Promise((resolve) => {
    const fail = (outcome: string): void => resolve({ status: 0, outcome, id: undefined, upstream: undefined });
    const options = { agent, port, path: '/webhooks/twenty', method: 'POST', timeout: 10_000 };
    const allHeaders = { ...headers, 'content-length': body.length };
    const sent = request({ host: '127.0.0.1', ...options, headers: allHeaders }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.once('error', () => fail('answer cut off'));
      response.once('end', () => {
        const { statusCode: status = 0, headers } = response;
        const said = text.startsWith('{') ? JSON.parse(text) : {};
        resolve({
          status,
          outcome: said.status ?? said.error ?? '',
          id: said.id,
          upstream: String(headers['x-upstream']),
        });
      });
    });
    sent.once('timeout', () => sent.destroy(new Error('no answer within 10 s')));
    sent.once('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.message));
    sent.end(body);
  });
}

/** Longer than anything is down here, recovery included. */
const patienceMs = 30_000;
const pauseMs = 100;
