import { isReached, printBars } from '../bar.ts';
import { printTable } from '../table.ts';
import { barsOfHostile, endsOf, ratePerSecond } from './bars-of-hostile.ts';
import { problemsOf } from './judge-hostile.ts';
import type { HostileResult, Phase } from './run-hostile.ts';

/** Print what happened, and whether it was good enough. @returns whether it was */
export function printHostile(result: HostileResult): boolean {
  const { phases, lines, stored } = result;
  const head = [
    '',
    'good',
    'p50 ms',
    'p99 ms',
    'max ms',
    'loop p99',
    'loop max',
    'of it CPU',
    'queued',
    'gc max',
    'MB',
    'sockets',
    'CPU',
    'waited',
  ];
  printTable('good deliveries, and how the server fared', head, phases.map(toRow));
  for (const { name, reports } of phases.filter(({ isAttack }) => isAttack).slice(-1)) {
    console.log(`\nwhat attackers saw: ${name}`);
    for (const { attack, counts } of reports) {
      for (const [what, times] of Object.entries(counts)) console.log(`  ${attack}: ${times} × ${what}`);
    }
  }
  console.log(`\n${stored.length} deliveries in the inbox; the server's log, ${lines.length} lines`);
  for (const line of lines.slice(0, mostLines)) console.log(`  ${line.slice(0, 160)}`);
  const busyShare = Math.max(...phases.filter(({ isAttack }) => !isAttack).map(({ server }) => shareQueued(server)));
  if (busyShare > 0.1) {
    const percent = (busyShare * 100).toFixed(0);
    console.log(
      `\nThe machine is busy: while nobody attacked, the server waited for a CPU ${percent} % of the time. Times say little then.`,
    );
  }
  const bars = barsOfHostile(result);
  printBars(bars);
  const problems = problemsOf(result);
  if (problems.length > 0) console.log('\nproblems');
  for (const problem of problems.slice(0, mostLines)) console.log(`  ${problem}`);
  const isGood = problems.length === 0 && bars.every(isReached);
  console.log(isGood ? '\nok' : '\nNOT ok');
  return isGood;
}

/** A phase in a line, as it ends. */
export function describePhase(phase: Phase): string {
  const { good, server } = phase;
  const rate = ratePerSecond(phase);
  const bad = rate === undefined ? '' : `, ${rate.toFixed(0)} wrong signatures/s`;
  return `${phase.name}: ${good.accepted.length} of ${good.sent} good, p99 ${good.answerMs.p99.toFixed(0)} ms, event loop ${server.loop.maxMs.toFixed(0)} ms${bad}`;
}

const shareQueued = ({ queuedMs = 0, durationMs }: Phase['server']): number => queuedMs / durationMs;

function toRow({ name, good, server }: Phase): string[] {
  const { p50, p99, max } = good.answerMs;
  const { loop, longestGcMs, residentBytes, mostSockets, cpuMs, queuedMs = Number.NaN, durationMs } = server;
  const { worst } = loop;
  const { first, last } = endsOf(residentBytes);
  return [
    name,
    `${good.accepted.length}/${good.sent}`,
    ...[p50, p99, max, loop.p99Ms, loop.maxMs, worst.cpuMs].map((value) => value.toFixed(1)),
    worst.queuedMs?.toFixed(1) ?? '?',
    longestGcMs.toFixed(1),
    `${first.toFixed(0)}–${last.toFixed(0)}`,
    String(mostSockets),
    ...[cpuMs, queuedMs].map((ms) => `${((ms / durationMs) * 100).toFixed(0)} %`),
  ];
}

const mostLines = 30;
