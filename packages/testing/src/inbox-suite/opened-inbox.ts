import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import {
  createReceiver,
  type Delivery,
  type Handler,
  type HandlerContext,
  type Inbox,
  type InboxInspection,
  type JobEnded,
  type Outcome,
  type Receiver,
  type ReceiverOptions,
  type TwentyEvent,
} from '@twenty-webhooks/core';
import { type SignDeliveryOptions, signDelivery } from '../sign-delivery.ts';
import { freshEvent, suiteSecret } from '../suite-events.ts';
import { within } from '../waiting.ts';
import type { InboxSettings, InboxStorage } from './inbox-fixture.ts';

/** Options of one inbox and its receiver. Without `on`, every event is handled at once. */
export type OpenOptions = Partial<InboxSettings> &
  Pick<ReceiverOptions, 'work' | 'retry' | 'now' | 'secret' | 'signatures'> & {
    readonly on?: Readonly<Record<string, Handler>>;
    /** Put the receiver before an inbox that another one opened, and will close. */
    readonly inbox?: Inbox;
  };

/** One run of a handler. */
export interface Run extends Omit<HandlerContext, 'idempotencyKey'> {
  readonly handler: string;
  readonly event: TwentyEvent;
  readonly id: string;
  readonly key: string;
  /** On the clock of `performance`, as `endedMs`. */
  readonly beganMs: number;
  endedMs: number | undefined;
}

/** An outcome of which a case has seen that it is `accepted`. */
export interface Accepted {
  readonly id: string;
  readonly event: TwentyEvent;
  readonly delivery: Delivery;
}

/** An inbox in use, and everything that comes out of it. */
export interface OpenedInbox {
  readonly inbox: Inbox;
  readonly receiver: Receiver;
  readonly inspection: InboxInspection;
  /** In the order in which they began. */
  readonly runs: readonly Run[];
  /** Jobs that came to their end here. */
  readonly ended: readonly JobEnded[];
  readonly logLines: readonly string[];
  /** Of every delivery. */
  readonly signatures: ReadonlySet<string>;
  /** Add a handler, as the ones in `on` are added. */
  on(pattern: string, handler: Handler): void;
  /** Sign a body, by default a fresh event, and let the receiver have it. */
  deliver(body?: string | Uint8Array | object, options?: Partial<SignDeliveryOptions>): Promise<Outcome>;
  /** The same; it must be accepted. */
  accept(body?: string | Uint8Array | object, options?: Partial<SignDeliveryOptions>): Promise<Accepted>;
  close(graceMs: number): Promise<void>;
}

/** Retries of the suite follow each other fast. */
const fastRetry = { attempts: 3, minDelayMs: 10, maxDelayMs: 20 };
/** No lease of this length runs out in a case. */
const longLeaseMs = 60_000;

export async function openReceiver(
  storage: InboxStorage,
  options: OpenOptions,
  patienceMs: number,
): Promise<OpenedInbox> {
  const { on = { '*': () => {} }, concurrency = 10, leaseMs = longLeaseMs, inbox: given, ...rest } = options;
  const runs: Run[] = [];
  const ended: JobEnded[] = [];
  const logLines: string[] = [];
  const signatures = new Set<string>();

  const watched = (handler: string, run: Handler): Handler =>
    function watchedHandler(event, context) {
      const { idempotencyKey: key, ...facts } = context;
      const one: Run = {
        ...facts,
        handler,
        event,
        id: event.id,
        key,
        beganMs: performance.now(),
        endedMs: undefined,
      };
      runs.push(one);
      const end = (): void => {
        one.endedMs = performance.now();
      };
      let result: unknown;
      try {
        result = run(event, context);
      } catch (thrown) {
        // Thrown here and now, not as a rejection.
        end();
        throw thrown;
      }
      return result instanceof Promise ? result.finally(end) : end();
    };
  const log = (...details: unknown[]): void =>
    void logLines.push(details.map((one) => (typeof one === 'string' ? one : inspect(one, { depth: 8 }))).join(' '));

  const inbox = given ?? (await storage.open({ concurrency, leaseMs }));
  const receiver = createReceiver({
    secret: suiteSecret,
    retry: fastRetry,
    ...rest,
    inbox,
    on: Object.fromEntries(Object.entries(on).map(([pattern, run]) => [pattern, watched(pattern, run)])),
    logger: { warn: log, error: log },
    observe: (observation) => void (observation.status === 'job' && ended.push(observation)),
  } as ReceiverOptions);

  const opened: OpenedInbox = {
    inbox,
    receiver,
    get inspection() {
      assert.ok(inbox.inspection !== undefined, 'the inbox has no inspection');
      return inbox.inspection;
    },
    runs,
    ended,
    logLines,
    signatures,
    on: (pattern, handler) => void receiver.on(pattern as '*', watched(pattern, handler)),
    deliver(body = freshEvent(), signing = {}) {
      const signed = signDelivery(body, { secret: suiteSecret, ...signing });
      for (const [name, value] of Object.entries(signed.headers)) {
        if (name.includes('signature')) signatures.add(value.replace('sha256=', ''));
      }
      return receiver.receive({ method: 'POST', url: '/webhooks/twenty', ...signed });
    },
    async accept(body, signing) {
      const outcome = await opened.deliver(body, signing);
      assert.ok(outcome.status === 'accepted', `accepted expected: ${toText(outcome)}`);
      const { event, delivery } = outcome;
      return { id: event.id, event, delivery };
    },
    async close(graceMs) {
      if (given === undefined) await within(graceMs + patienceMs, 'close', receiver.close({ graceMs }));
    },
  };
  return opened;
}

/** An outcome without its event, for messages. */
export function toText(outcome: Outcome): string {
  const code = 'code' in outcome ? ` ${outcome.code}` : '';
  const cause = 'cause' in outcome ? `: ${inspect(outcome.cause)}` : '';
  return outcome.status + code + cause;
}
