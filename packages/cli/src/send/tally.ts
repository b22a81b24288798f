import type { DeliveryReport } from './send-deliveries.ts';

/** What became of all deliveries, counted. */
export interface Tally {
  readonly sent: number;
  readonly right: number;
  /** `{ '200': 998, ECONNRESET: 2 }`, what is most often first. */
  readonly results: Readonly<Record<string, number>>;
  /** Of those that were answered. */
  readonly durationMs: { readonly p50: number; readonly p95: number; readonly max: number } | undefined;
  /** Different ones, at most ten, as they came up. */
  readonly reasons: readonly string[];
  /** The worst there was. */
  readonly verdict: DeliveryReport['verdict'];
  /** All of a hundred, else those that went wrong, in order and at most a thousand. */
  readonly kept: readonly DeliveryReport[];
}

/** Count reports as they come in: a hundred thousand of them are not kept. */
export function createTally(planned: number): { add(report: DeliveryReport): void; read(): Tally } {
  const keepsAll = planned <= 100;
  const results = new Map<string, number>();
  const durations: number[] = [];
  const reasons = new Set<string>();
  const verdicts = { right: 0, wrong: 0, unanswered: 0 };
  const kept: DeliveryReport[] = [];
  return {
    add(report) {
      const result = String(report.status ?? report.failure);
      results.set(result, (results.get(result) ?? 0) + 1);
      verdicts[report.verdict] += 1;
      if (report.status !== undefined) durations.push(report.durationMs);
      if (report.reason !== undefined && reasons.size < maxReasons) reasons.add(report.reason);
      if (keepsAll || (report.verdict !== 'right' && kept.length < maxKept)) kept.push(report);
    },
    read: () => ({
      sent: verdicts.right + verdicts.wrong + verdicts.unanswered,
      right: verdicts.right,
      results: Object.fromEntries([...results].sort(([, a], [, b]) => b - a)),
      durationMs: spreadOf(durations),
      reasons: [...reasons],
      verdict: verdicts.unanswered > 0 ? 'unanswered' : verdicts.wrong > 0 ? 'wrong' : 'right',
      kept: [...kept].sort((a, b) => a.index - b.index),
    }),
  };
}

const maxReasons = 10;
const maxKept = 1_000;

function spreadOf(durations: readonly number[]): Tally['durationMs'] {
  if (durations.length === 0) return undefined;
  const sorted = [...durations].sort((a, b) => a - b);
  // The smallest that so many are not above.
  const at = (share: number): number => sorted[Math.ceil(sorted.length * share) - 1] ?? 0;
  return { p50: at(0.5), p95: at(0.95), max: at(1) };
}
