import { shownUrl } from '../http/shown-url.ts';
import type { CommandResult } from '../terminal/command-result.ts';
import { exitCodes } from '../terminal/exit-codes.ts';
import { printable } from '../terminal/printable.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { DeliveryReport } from './send-deliveries.ts';
import { needsControl, type SendPlan, type Twist } from './send-plan.ts';
import type { Tally } from './tally.ts';

export interface SendOutcome {
  readonly plan: Pick<SendPlan, 'url' | 'twist'>;
  /** How many there should have been. */
  readonly planned: number;
  readonly event: string | undefined;
  readonly format: string;
  readonly tally: Tally;
  readonly totalMs: number;
  readonly isInterrupted: boolean;
}

/** Put into words, and into JSON, what became of the deliveries. */
export function toSendResult(outcome: SendOutcome, style: Terminal['style']): CommandResult {
  const { tally, isInterrupted } = outcome;
  const exitCode = { right: exitCodes.ok, wrong: exitCodes.negative, unanswered: exitCodes.unreachable }[tally.verdict];
  return {
    exitCode: isInterrupted ? exitCodes.interrupted : exitCode,
    json: toJson(outcome),
    lines: [...headLines(outcome, style), ...(isInterrupted ? [] : verdictLines(outcome, style))],
  };
}

function toJson({ plan, planned, event, format, tally, totalMs, isInterrupted }: SendOutcome): object {
  const { sent, right, results, durationMs, reasons, kept } = tally;
  return {
    url: shownUrl(plan.url),
    event,
    format,
    deliveries: kept.map(({ isControl, eventId, status, failure, durationMs: tookMs, answer, verdict, reason }) => ({
      isControl: isControl || undefined,
      eventId: eventId === undefined ? undefined : showText(eventId),
      status,
      failure,
      durationMs: tookMs,
      answer: answer === undefined ? undefined : showText(answer),
      verdict,
      reason,
    })),
    summary: { planned, sent, right, results, durationMs, totalMs: Math.round(totalMs), reasons, isInterrupted },
  };
}

function headLines({ planned, tally, ...outcome }: SendOutcome, style: Terminal['style']): readonly string[] {
  const { plan, event, format, totalMs, isInterrupted } = outcome;
  const what = `${event === undefined ? 'what is no event' : printable(event)} (${format} format)`;
  const head = `${style('bold', what)} to ${shownUrl(plan.url)}`;
  if (planned <= 2) {
    const lines = tally.kept.map((report) => labelOf(report, plan.twist) + reportLine(report, style));
    return [head, ...lines, ...(isInterrupted ? ['Interrupted before there was an answer.'] : [])];
  }
  const { sent, results, durationMs } = tally;
  const width = Math.max(...Object.values(results).map((count) => inThousands(count).length));
  return [
    head,
    `${inThousands(sent)} deliveries in ${(totalMs / 1_000).toFixed(1)} s${isInterrupted ? `, interrupted: ${inThousands(planned)} were planned` : ''}`,
    ...Object.entries(results).map(([result, count]) => `  ${inThousands(count).padStart(width)} × ${result}`),
    ...(durationMs === undefined
      ? []
      : [`  p50 ${inMs(durationMs.p50)}, p95 ${inMs(durationMs.p95)}, slowest ${inMs(durationMs.max)}`]),
    ...(isInterrupted ? tally.reasons : []),
  ];
}

const labelOf = ({ isControl }: DeliveryReport, twist: Twist | undefined): string => {
  if (!needsControl(twist)) return '';
  return isControl ? 'genuine   ' : { tamper: 'tampered  ', stale: 'stale     ' }[twist];
};

function reportLine(
  { status, failure, verdict, durationMs, answer }: DeliveryReport,
  style: Terminal['style'],
): string {
  const color = verdict === 'right' ? 'green' : 'red';
  if (status === undefined) return `${style(color, failure ?? 'no answer')} after ${inMs(durationMs)}`;
  const line = `${style(color, String(status))} in ${inMs(durationMs)}`;
  return answer === undefined || answer === '' ? line : `${line}  ${style('dim', showText(answer))}`;
}

function verdictLines({ plan, tally, planned }: SendOutcome, style: Terminal['style']): readonly string[] {
  if (tally.verdict !== 'right') return tally.reasons.map((reason) => style('yellow', reason));
  const { twist } = plan;
  if (twist === 'duplicate') {
    const isKnown = planned === 2 && tally.kept[1]?.isKnown;
    return isKnown
      ? [style('green', 'The second one was recognised as the same event.')]
      : [`Accepted ${planned === 2 ? 'both' : 'all'}; whether handlers ran twice does not show in the answers.`];
  }
  if (twist === undefined) return [];
  const refused = planned > 2 ? 'All refused, as they should be' : 'Refused, as it should be';
  return [style('green', `${refused}; a genuine one was accepted.`)];
}

/** Text from outside, ready to be shown. */
function showText(text: string): string {
  const shown = printable(text);
  return shown.length > maxShown ? `${shown.slice(0, maxShown)}…` : shown;
}

const maxShown = 200;

const inThousands = (count: number): string => count.toLocaleString('en-US');
const inMs = (ms: number): string => (ms < 10 ? `${ms.toFixed(1)} ms` : `${inThousands(Math.round(ms))} ms`);
