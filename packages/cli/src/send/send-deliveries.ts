import { parseEvent } from '@twenty-webhooks/core';
import { knownCode } from '../http/explain-code.ts';
import { type HttpResult, sendRequest } from '../http/send-request.ts';
import { version } from '../version.ts';
import { judgeResult, type Verdict } from './judge-result.ts';
import { type BodySource, signAsPlanned } from './make-delivery.ts';
import type { SendPlan } from './send-plan.ts';

/** What became of one delivery. */
export interface DeliveryReport {
  /** 0 is the first. The two of `--duplicate` have the same. */
  readonly index: number;
  /** `undefined` for what is no event. */
  readonly eventId: string | undefined;
  readonly status: number | undefined;
  /** Why there was no answer: `ECONNREFUSED`, `TIMEOUT`, … */
  readonly failure: string | undefined;
  readonly durationMs: number;
  /** First line of the answer's body, raw. */
  readonly answer: string | undefined;
  readonly verdict: Verdict;
  readonly reason: string | undefined;
  /** Whether a receiver of this project said that it knows the event already. */
  readonly isKnown: boolean;
}

export interface SendContext {
  readonly plan: SendPlan;
  readonly source: BodySource;
  /** `''`: unsigned. */
  readonly secret: string;
  /** Stops sending; what is under way is cut off and not reported. */
  readonly signal: AbortSignal;
  readonly report: (report: DeliveryReport) => void;
}

/** Send as many deliveries as planned, not more at the same time than planned. */
export async function sendDeliveries(context: SendContext): Promise<void> {
  const { plan, signal } = context;
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < plan.times && !signal.aborted) {
      const index = next;
      next += 1;
      await sendOne(context, index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(plan.concurrency, plan.times) }, work));
}

async function sendOne({ plan, source, secret, signal, report }: SendContext, index: number): Promise<void> {
  const body = source.nextBody();
  // Signed only when it is its turn: the second one has a time and a nonce of its own.
  for (let sent = 0; sent < (plan.twist === 'duplicate' ? 2 : 1); sent += 1) {
    const delivery = signAsPlanned(body, source.format, secret, plan.twist);
    const result = await sendRequest(plan.url, {
      method: 'POST',
      headers: { ...delivery.headers, 'user-agent': `twenty-webhooks/${version}` },
      body: delivery.body,
      timeoutMs,
      signal,
    });
    if (signal.aborted && result.kind === 'failure') return;
    report(await toReport(result, index, delivery.body, plan));
  }
}

// As long as Twenty's guide says that it waits; a Twenty server gives up sooner, which the reason tells.
const timeoutMs = 30_000;

async function toReport(
  result: HttpResult,
  index: number,
  body: Uint8Array,
  { twist }: SendPlan,
): Promise<DeliveryReport> {
  const event = await parseEvent(body).catch(() => undefined);
  const isAnswer = result.kind === 'answer';
  return {
    index,
    eventId: event?.id,
    status: isAnswer ? result.status : undefined,
    failure: isAnswer ? undefined : result.code,
    durationMs: Math.round(result.durationMs * 100) / 100,
    answer: isAnswer ? firstLine(result.body) : undefined,
    ...judgeResult(result, twist),
    isKnown: isAnswer && knownCode(result)?.code === 'duplicate',
  };
}

const firstLine = (body: Uint8Array): string =>
  Buffer.from(body)
    .toString()
    .trimStart()
    .split(/[\r\n]/, 1)[0] ?? '';
