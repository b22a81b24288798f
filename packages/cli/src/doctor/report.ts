import type { Terminal } from '../terminal/terminal.ts';
import type { Finding } from './finding.ts';
import type { JudgedProbe } from './judge.ts';
import { forgeryNames, unsignedNames } from './probe.ts';
import { columnsOf, wrap } from './wrap.ts';

export interface Report {
  readonly probes: readonly JudgedProbe[];
  readonly findings: readonly Finding[];
  readonly isCutShort: boolean;
}

/** Write the table and what to fix, for people. */
export function report(
  { style, columns }: Pick<Terminal, 'style' | 'columns'>,
  { probes, findings, isCutShort }: Report,
): readonly string[] {
  const width = Math.min(Math.max(columns, 60), 120) - 1;
  const said = new Set<string>();
  const rows = withForgeriesAsOne(probes).flatMap((probe) => {
    const { fault, twenty, verdict } = probe;
    const text = fault === undefined || probe.follows ? twenty : `${fault}: ${twenty}`;
    const isSaid = fault !== undefined && !probe.follows && said.has(text);
    said.add(text);
    const cells = [probe.sent, cameBack(probe), isSaid ? `${fault}: as above` : text];
    const mark = style(marks[verdict].style, marks[verdict].sign);
    return columnsOf(cells, widths(width)).map((line, index) => `${index === 0 ? mark : ' '} ${line}`);
  });
  const head = columnsOf(['probe', 'came back', 'what Twenty would make of it'], widths(width));
  return [
    ...head.map((line) => `  ${style('dim', line)}`),
    ...rows,
    ...(isCutShort ? ['', ...wrap('Cut short: it takes so long to answer that probes were sent at once.', width)] : []),
    '',
    ...summary(findings, width, style),
  ];
}

/** Forgeries with the same answer and the same verdict are one row, where the first of them was. */
function withForgeriesAsOne(probes: readonly JudgedProbe[]): readonly JudgedProbe[] {
  const groups = new Map<string, JudgedProbe[]>();
  for (const probe of probes) {
    const { name, status, failure, verdict, twenty } = probe;
    const isForged = [...forgeryNames, ...unsignedNames].includes(name);
    const key = isForged ? JSON.stringify([status, failure, verdict, twenty]) : name;
    groups.set(key, [...(groups.get(key) ?? []), probe]);
  }
  return [...groups.values()].flatMap((group) => {
    if (group.length < 2) return group;
    const slowest = group.reduce((one, other) => ((other.durationMs ?? 0) > (one.durationMs ?? 0) ? other : one));
    return [{ ...slowest, sent: `forged, ${group.length} kinds` }];
  });
}

function summary(findings: readonly Finding[], width: number, style: Terminal['style']): readonly string[] {
  const faults = findings.filter(({ verdict }) => verdict === 'fault');
  const warnings = findings.filter(({ verdict }) => verdict === 'warning');
  const counts = [
    faults.length > 0 ? style('red', count(faults.length, 'fault')) : style('green', 'Healthy'),
    ...(warnings.length > 0 ? [style('yellow', count(warnings.length, 'warning'))] : []),
  ].join(', ');
  if (findings.length === 0) return [`${counts}: nothing that loses events, nothing that lets forgeries in.`];
  return [
    `${counts}:`,
    ...[...faults, ...warnings].flatMap(({ verdict, code, fix }) => {
      const { sign, style: colour } = marks[verdict];
      const [first = '', ...more] = wrap(`${code}: ${fix}`, width - 2);
      const [, afterCode = ''] = first.split(`${code}:`);
      return [`${style(colour, sign)} ${style('bold', `${code}:`)}${afterCode}`, ...more.map((line) => `  ${line}`)];
    }),
  ];
}

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;

function cameBack({ status, failure, durationMs }: JudgedProbe): string {
  if (durationMs === undefined) return '';
  const time = durationMs < 1_000 ? `${durationMs} ms` : `${(durationMs / 1_000).toFixed(1)} s`;
  if (failure === 'TIMEOUT') return `nothing in ${time}`;
  if (failure === undefined) return `${status}, ${time}`;
  // The long ones are explained beside it.
  return failure.length > 12 ? 'no answer' : failure;
}

const widths = (width: number): readonly number[] => [22, 12, width - 2 - 22 - 12 - 4];

const marks = {
  ok: { sign: '✓', style: 'green' },
  warning: { sign: '!', style: 'yellow' },
  fault: { sign: '✗', style: 'red' },
  skipped: { sign: '-', style: 'dim' },
} as const;
