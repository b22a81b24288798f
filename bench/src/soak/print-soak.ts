import { problemsOf, type SoakResult } from './run-soak.ts';

export function printSoak(result: SoakResult): void {
  const { answerMs, failures, repeated, unexplained, logs } = result;
  const ms = (value: number): string => `${value.toFixed(1)} ms`;
  const lines: [name: string, value: unknown][] = [
    ['deliveries', result.deliveries],
    ['200s', `${result.answers}, ${result.duplicates} of them duplicate`],
    ['kills', result.kills],
    ['attempts without a 200', [...failures].map(([what, times]) => `${times} × ${what}`).join(', ') || 0],
    ['events handled', result.handledEvents],
    ['jobs, runs', `${result.expected.done}, ${result.runs}`],
    ['effects repeated', `${repeated.length}, ${repeated.length - unexplained.length} of them explained by a kill`],
    ['lost', result.lost.length],
    ['run twice at once', result.overlaps.length],
    ['answer', `p50 ${ms(answerMs.p50)}, p99 ${ms(answerMs.p99)}, max ${ms(answerMs.max)}`],
    ['duration', `${(result.durationMs / 1_000).toFixed(0)} s`],
    ['inbox in the end', JSON.stringify(result.counts)],
  ];
  console.log();
  for (const [name, value] of lines) console.log(`${name.padEnd(24)}${value}`);
  printList('effects repeated', repeated);
  printList('log lines of the servers', logs);
  const problems = problemsOf(result);
  printList('problems', problems);
  console.log(problems.length === 0 ? '\nok' : '\nNOT ok');
}

function printList(title: string, lines: readonly string[]): void {
  if (lines.length === 0) return;
  console.log(`\n${title}`);
  for (const line of lines.slice(0, mostLines)) console.log(`  ${line}`);
  if (lines.length > mostLines) console.log(`  and ${lines.length - mostLines} more`);
}

const mostLines = 20;
