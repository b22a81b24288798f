import { type Bar, factBar } from '../bar.ts';
import type { HostileResult, Phase } from './run-hostile.ts';

/** What depends on the machine as well: how fast, how flat, how fluent. */
export function barsOfHostile({ phases, heapBytes }: HostileResult): Bar[] {
  const attacked = phases.filter(({ isAttack }) => isAttack);
  const worst = (of: (phase: Phase) => number): number => Math.max(...attacked.map(of));
  // What lasts longest.
  const longest = attacked.reduce((one, other) => (other.server.durationMs > one.server.durationMs ? other : one));
  const { first, last } = endsOf(longest.server.residentBytes);
  const perSecond = ratePerSecond(longest);
  return [
    atMost(
      'slowest 1% of good deliveries',
      worst(({ good }) => good.answerMs.p99),
      1_000,
      'ms',
    ),
    atMost(
      'event loop: longest delay',
      worst(({ server }) => server.loop.maxMs),
      50,
      'ms',
    ),
    atMost('resident memory, last third of the attack', last, first + residentMargin, 'MB'),
    atMost(
      'heap after collection, after the attacks',
      toMb(heapBytes.after),
      toMb(heapBytes.before) + heapMargin,
      'MB',
    ),
    ...(perSecond === undefined
      ? []
      : [factBar(`bad signatures: ${perSecond.toFixed(0)}/s of 10,000/s`, perSecond / 10_000)]),
  ];
}

/** Medians of the first third, without its first half, in which a server warms up, and of the last third; in MB. */
export function endsOf(residentBytes: readonly number[]): { readonly first: number; readonly last: number } {
  const third = Math.max(1, Math.floor(residentBytes.length / 3));
  return {
    first: median(residentBytes.slice(Math.floor(third / 2), third)),
    last: median(residentBytes.slice(-third)),
  };
}

/** Wrong signatures that were answered, per second; `undefined` if none were sent. */
export function ratePerSecond({ reports }: Phase): number | undefined {
  const report = reports.find(({ attack }) => attack === 'bad-signatures');
  return report && ((report.counts[401] ?? 0) / report.durationMs) * 1_000;
}

function median(bytes: readonly number[]): number {
  const inOrder = [...bytes].sort((one, other) => one - other);
  return toMb(inOrder[Math.floor(inOrder.length / 2)] ?? Number.NaN);
}

const atMost = (name: string, measured: number, allowed: number, unit: string): Bar =>
  factBar(`${name}: ${measured.toFixed(1)} ${unit}, of ${allowed.toFixed(1)} allowed`, allowed / measured);

const toMb = (bytes: number): number => bytes / 1024 / 1024;

/** V8's young generation is 3 × 16 MiB at the most and comes back late: what moves by less is no leak that one can see. */
const residentMargin = 16;
/** Code that was compiled meanwhile, connections that are just ending. */
const heapMargin = 2;
