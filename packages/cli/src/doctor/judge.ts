import { answerShape } from './answer-shape.ts';
import type { FaultCode, Finding } from './finding.ts';
import { isAccepted, type ProbeName, type ProbeResult, type ProbeResults } from './probe.ts';
import { saysDuplicate } from './rules/duplicate-rules.ts';

/** One line of the table, and one entry of `--json`. */
export interface JudgedProbe {
  readonly name: ProbeName;
  readonly sent: string;
  readonly status?: number;
  /** Why there was no answer: a code of Node's, or `TIMEOUT`. */
  readonly failure?: string;
  readonly durationMs?: number;
  /** `skipped`: it was not sent. */
  readonly verdict: 'ok' | 'warning' | 'fault' | 'skipped';
  readonly fault?: FaultCode;
  /** Whether the fault shows at another probe, and this follows from it. */
  readonly follows?: true;
  readonly twenty: string;
  /** Empty if there is nothing to fix, or another probe says it. */
  readonly fix: string;
}

/** Say of each probe what Twenty would make of its answer, in the order in which they were sent. */
export function judge(results: ProbeResults, findings: readonly Finding[]): readonly JudgedProbe[] {
  return [...results.values()].map((result) => judgeProbe(result, results, findings));
}

function judgeProbe(probed: ProbeResult, all: ProbeResults, findings: readonly Finding[]): JudgedProbe {
  const { probe, result } = probed;
  const { name, sent } = probe;
  if (result === undefined) {
    const killer = [...all.values()].find(({ end }) => end === 'gone');
    const twenty = `not sent: nobody answers since "${killer?.probe.sent ?? 'the probe before'}"`;
    return { name, sent, verdict: 'skipped', twenty, fix: '' };
  }
  const seen = {
    name,
    sent,
    ...(result.kind === 'answer' ? { status: result.status } : { failure: result.code }),
    durationMs: Math.round(result.durationMs),
  };
  const shown = findings.find(({ probes }) => probes.includes(name));
  if (shown !== undefined) {
    const { verdict, code, twenty, fix } = shown;
    return { ...seen, verdict, fault: code, twenty, fix };
  }
  const cause = findings.find(({ follows }) => follows?.includes(name));
  if (cause !== undefined) {
    const { verdict, code } = cause;
    return { ...seen, verdict, fault: code, follows: true, twenty: `follows from ${code}`, fix: '' };
  }
  return { ...seen, verdict: 'ok', twenty: sayRight(probed, all), fix: '' };
}

/** What is right about an answer that no finding explains. */
function sayRight(probed: ProbeResult, all: ProbeResults): string {
  const { name, expects } = probed.probe;
  if (name === 'empty-get') return 'not acknowledged: nothing gets lost unnoticed';
  if (name === 'not-json' || name === 'not-an-event') return 'refused: failures are not hidden';
  if (name === 'stale' || name === 'stale-day' || name === 'future') return 'refused, as what is replayed must be';
  if (expects === 'refuse') return 'refused, as forgeries must be';
  if (expects === 'anything' && (name !== 'same-nonce' || !isAccepted(probed)))
    return 'never sent by Twenty; for comparison';
  if (name === 'control') return 'delivered, still';
  if (!['duplicate', 'rerun', 'same-nonce'].includes(name)) return 'delivered';
  const fresh = all.get('server-format') ?? all.get('envelope-format');
  const replay = all.get('replay');
  const isTold = fresh !== undefined && [replay, probed].some((one) => one && answerShape(one) !== answerShape(fresh));
  if (!isTold) return 'delivered; more cannot be seen';
  if (name === 'same-nonce') return 'delivered, as a new event';
  return saysDuplicate(probed) ? 'delivered, and known again' : 'delivered';
}
