import type { HostileResult, Phase } from './run-hostile.ts';

/** What was not as it must be, however slow the machine is, in one line each. */
export function problemsOf(result: HostileResult): string[] {
  const { phases, socketsLeft } = result;
  return [
    ...phases.flatMap(problemsOfPhase),
    ...problemsOfStore(result),
    ...(socketsLeft > 0 ? [`${socketsLeft} connections are still open after the attacks`] : []),
    ...problemsOfLog(result),
  ];
}

function problemsOfPhase({ name, good, reports }: Phase): string[] {
  const failures = Object.entries(good.failures).map(([what, times]) => `good deliveries: ${times} × ${what}`);
  const wrong = reports.flatMap((report) => report.wrong.map((line) => `${report.attack}: ${line}`));
  const silent = reports
    .filter(({ counts }) => Object.keys(counts).length === 0)
    .map(({ attack }) => `${attack} did nothing`);
  const nothing = good.sent === 0 ? ['no good delivery was sent'] : [];
  return [...nothing, ...failures, ...wrong, ...silent].map((line) => `${name}: ${line}`);
}

/** Every good delivery is in the inbox once and was handled in its first run; nothing else is. */
function problemsOfStore({ phases, stored }: HostileResult): string[] {
  const promised = new Set(
    phases.flatMap(({ good, reports }) => [...good.accepted, ...reports.flatMap(({ accepted }) => accepted)]),
  );
  const times = new Map<string, number>();
  for (const { recordId } of stored) times.set(recordId, (times.get(recordId) ?? 0) + 1);
  const lost = [...promised].filter((recordId) => !times.has(recordId));
  const unknown = new Set(phases.flatMap(({ good }) => good.unknown));
  const bad = [...times.keys()].filter((recordId) => !promised.has(recordId) && !unknown.has(recordId));
  const twice = [...times].filter(([, count]) => count > 1);
  const unhandled = stored.filter(({ state, attempt }) => state !== 'done' || attempt !== 1);
  return [
    ...(lost.length > 0 ? [`${lost.length} deliveries were answered with 200 and are not in the inbox`] : []),
    ...(bad.length > 0 ? [`${bad.length} deliveries are in the inbox that were not answered with 200`] : []),
    ...(twice.length > 0 ? [`${twice.length} deliveries are in the inbox more than once`] : []),
    ...(unhandled.length > 0 ? [`${unhandled.length} deliveries were not handled in one run`] : []),
  ];
}

/** The receiver's own lines: one per code and minute. There are no others: no warning of Node, no stack. */
function problemsOfLog({ lines, durationMs }: HostileResult): string[] {
  const allowed = Math.floor(durationMs / 60_000) + 1;
  const perCode = new Map<string, number>();
  const others: string[] = [];
  for (const line of lines) {
    const code = /\[twenty-webhooks\] ([A-Z_]+): /.exec(line)?.[1];
    if (code === undefined) others.push(line);
    else perCode.set(code, (perCode.get(code) ?? 0) + 1);
  }
  const flooding = [...perCode].filter(([, count]) => count > allowed);
  return [
    ...flooding.map(([code, count]) => `${count} lines of ${code} in the log, not ${allowed}`),
    ...others.map((line) => `in the log: ${line}`),
  ];
}
