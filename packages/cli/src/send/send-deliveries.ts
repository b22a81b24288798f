import { parseEvent } from '@twenty-webhooks/core';
import { knownCode } from '../http/explain-code.ts';
import { sendRequest } from '../http/send-request.ts';
import { version } from '../version.ts';
import { hideSecrets } from './hide-secrets.ts';
import { judgeControl, judgeResult, type Verdict } from './judge-result.ts';
import { type BodySource, signAsPlanned } from './make-delivery.ts';
import { needsControl, type SendPlan } from './send-plan.ts';

/** What became of one delivery. */
export interface DeliveryReport {
  /** 0 is the first, -1 the control. The two of `--duplicate` have the same. */
  readonly index: number;
  /** Whether it is the genuine one that goes before what `--tamper` or `--stale` spoils. */
  readonly isControl: boolean;
  /** `undefined` for what is no event. Like `answer` without secrets. */
  readonly eventId: string | undefined;
  readonly status: number | undefined;
  /** Why there was no answer: `ECONNREFUSED`, `TIMEOUT`, … */
  readonly failure: string | undefined;
  readonly durationMs: number;
  /** First line of the answer's body, not yet printable. */
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

/**
 * Send as many deliveries as planned, not more at the same time than planned. Where spoiled ones are to be refused, a genuine
 * one goes first; if that is not accepted, a refusal would prove nothing, and nothing more is sent.
 */
export async function sendDeliveries(context: SendContext): Promise<void> {
  const { plan, source, signal } = context;
  if (needsControl(plan.twist)) {
    const control = await sendOne(context, { index: -1, isControl: true, body: source.nextBody() });
    if (control?.verdict !== 'right') return;
  }
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < plan.times && !signal.aborted) {
      const one = { index: next, isControl: false, body: source.nextBody() };
      next += 1;
      await sendOne(context, one);
      // Signed only when it is its turn: the second one has a time and a nonce of its own.
      if (plan.twist === 'duplicate' && !signal.aborted) await sendOne(context, one);
    }
  };
  await Promise.all(Array.from({ length: plan.concurrency }, work));
}

/** @returns `undefined` if it was cut off */
async function sendOne(
  { plan, source, secret, signal, report }: SendContext,
  { index, isControl, body }: Pick<DeliveryReport, 'index' | 'isControl'> & { readonly body: Uint8Array },
): Promise<DeliveryReport | undefined> {
  const { url, twist } = plan;
  const delivery = signAsPlanned(body, source.format, secret, isControl ? undefined : twist);
  const result = await sendRequest(url, {
    method: 'POST',
    headers: { ...delivery.headers, 'user-agent': `twenty-webhooks/${version}` },
    body: delivery.body,
    timeoutMs,
    signal,
  });
  if (signal.aborted && result.kind === 'failure') return undefined;
  const isAnswer = result.kind === 'answer';
  const hide = (text: string): string => hideSecrets(text, { secret, headers: delivery.headers, url });
  const eventId = await eventIdOf(delivery.body);
  const made: DeliveryReport = {
    index,
    isControl,
    eventId: eventId === undefined ? undefined : hide(eventId),
    status: isAnswer ? result.status : undefined,
    failure: isAnswer ? undefined : result.code,
    durationMs: Math.round(result.durationMs * 100) / 100,
    answer: isAnswer ? firstLine(hide(Buffer.from(result.body).toString())) : undefined,
    ...(isControl ? judgeControl(result) : judgeResult(result, twist)),
    isKnown: isAnswer && knownCode(result)?.code === 'duplicate',
  };
  report(made);
  return made;
}

// As long as Twenty's guide says that it waits; a Twenty server gives up sooner, which the reason tells.
const timeoutMs = 30_000;

const eventIdOf = (body: Uint8Array): Promise<string | undefined> =>
  parseEvent(body).then(
    ({ id }) => id,
    () => undefined,
  );

const firstLine = (text: string): string => text.trimStart().split(/[\r\n]/, 1)[0] ?? '';
