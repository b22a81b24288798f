import {
  createReceiver,
  type Handler,
  type JobEnded,
  type Outcome,
  type Receiver,
  type RetryOptions,
} from '@twenty-webhooks/core';
import { measureUsableMs } from '@twenty-webhooks/services';
import { sampleEvent, signDelivery } from '@twenty-webhooks/testing';
import { type RedisInbox, type RedisInboxOptions, redisInbox } from '../src/index.ts';

export interface OpenedReceiver {
  readonly inbox: RedisInbox;
  readonly receiver: Receiver;
  /** Of the inbox. */
  readonly logLines: readonly string[];
  /** Ids of events, each as often as its handler began. */
  readonly runs: readonly string[];
  readonly ended: readonly JobEnded[];
  /** How a delivery of this event is answered, and how soon: in time that this process could use. */
  deliver(
    event?: object,
  ): Promise<{ readonly status: Outcome['status']; readonly tookMs: number; readonly id: string }>;
}

export interface OpenedOptions {
  readonly handler?: Handler;
  readonly work?: boolean;
  readonly retry?: RetryOptions;
}

const secret = 'a secret of twenty-three';

/** A receiver before an inbox on Redis, with everything that comes out of it. */
export function openReceiver(
  options: RedisInboxOptions,
  { handler = () => {}, work = true, retry = {} }: OpenedOptions = {},
): OpenedReceiver {
  const logLines: string[] = [];
  const runs: string[] = [];
  const ended: JobEnded[] = [];
  const log = (line: string): void => void logLines.push(line);
  const inbox = redisInbox({ logger: { warn: log, error: log }, ...options });
  const receiver = createReceiver({
    secret,
    inbox,
    work,
    retry,
    on: {
      '*': (event, context) => {
        runs.push(event.id);
        return handler(event, context);
      },
    },
    logger: { warn() {}, error() {} },
    observe: (observation) => void (observation.status === 'job' && ended.push(observation)),
  });
  return {
    inbox,
    receiver,
    logLines,
    runs,
    ended,
    async deliver(event = sampleEvent('person.created')) {
      const usableMs = measureUsableMs();
      const signed = signDelivery(event, { secret });
      const outcome = await receiver.receive({ method: 'POST', url: '/', ...signed });
      const tookMs = usableMs();
      const id = 'event' in outcome ? (outcome.event?.id ?? '') : '';
      return { status: outcome.status, tookMs, id };
    },
  };
}
