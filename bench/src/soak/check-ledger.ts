import type { LogLine, RunLine } from './ledger.ts';

/** What a soak has seen: what was promised, what was done, who was killed. */
export interface SoakRecord {
  /** Every 200 that a client got. */
  readonly answers: readonly Answer[];
  readonly runs: readonly RunLine[];
  readonly kills: readonly Kill[];
  readonly logs?: readonly LogLine[];
}

export interface Answer {
  readonly eventId: string;
  readonly status: string;
  /** Which handlers have to handle the event. */
  readonly handlers: readonly string[];
}

export interface Kill {
  readonly pid: number;
  readonly atMs: number;
}

export interface Verdict {
  readonly handledEvents: number;
  /** Promised with a 200, and never handled: event and handler. */
  readonly lost: readonly string[];
  /** Two runs at the same time, of one job or of one record and handler. */
  readonly overlaps: readonly string[];
  /** Effects that happened again, with what explains it. */
  readonly repeated: readonly string[];
  /** Effects that happened again though nobody was killed. */
  readonly unexplained: readonly string[];
  /** Events that were new more than once, by their answers. */
  readonly acceptedTwice: readonly string[];
}

interface Run {
  readonly began: RunLine;
  readonly effects: number;
  readonly returned: boolean;
  readonly endMs: number;
  readonly killedMs: number | undefined;
}

/** Judge what a soak has seen. */
export function checkLedger({ answers, runs: lines, kills }: SoakRecord): Verdict {
  const runs = toRuns(lines, kills);
  const returned = new Set(
    runs.filter((run) => run.returned).map(({ began: { eventId, handler } }) => nameOf(eventId, handler)),
  );
  const promised = new Map(answers.map(({ eventId, handlers }) => [eventId, handlers]));
  const missing = [...promised].map(([eventId, handlers]) =>
    handlers.map((handler) => nameOf(eventId, handler)).filter((name) => !returned.has(name)),
  );
  const accepted = answers.filter(({ status }) => status === 'accepted').map(({ eventId }) => eventId);
  const { repeated, unexplained } = findRepeats(runs);
  return {
    handledEvents: missing.filter((names) => names.length === 0).length,
    lost: missing.flat(),
    overlaps: [
      ...findOverlaps(runs, ({ key }) => `job ${key}`),
      ...findOverlaps(runs, ({ handler, record }) => `${record} for ${handler}`),
    ],
    repeated,
    unexplained,
    acceptedTwice: accepted.filter((eventId, index) => accepted.indexOf(eventId) !== index),
  };
}

const nameOf = (eventId: string, handler: string): string => `${eventId} for ${handler}`;

/** Put lines together. A run without an end ended with its process, or still goes on. */
function toRuns(lines: readonly RunLine[], kills: readonly Kill[]): Run[] {
  const killed = new Map(kills.map(({ pid, atMs }) => [pid, atMs]));
  const parts = groupBy(lines, ({ pid, key, attempt }) => `${pid} ${key} ${attempt}`);
  return [...parts.values()].map((ofRun) => {
    const began = ofRun.find(({ what }) => what === 'began');
    if (began === undefined) throw new Error(`a run without a beginning: ${JSON.stringify(ofRun)}`);
    const end = ofRun.find(({ what }) => what !== 'began' && what !== 'effect');
    const killedMs = killed.get(began.pid);
    return {
      began,
      effects: ofRun.filter(({ what }) => what === 'effect').length,
      returned: end?.what === 'returned',
      endMs: end?.atMs ?? killedMs ?? Number.POSITIVE_INFINITY,
      killedMs,
    };
  });
}

function findOverlaps(runs: readonly Run[], groupOf: (began: RunLine) => string): string[] {
  return [...groupBy(runs, ({ began }) => groupOf(began))].flatMap(([group, ofGroup]) => {
    const inOrder = [...ofGroup].sort((one, other) => one.began.atMs - other.began.atMs);
    let latest: Run | undefined;
    return inOrder.flatMap((run) => {
      const before = latest;
      if (latest === undefined || run.endMs > latest.endMs) latest = run;
      if (before === undefined || run.began.atMs >= before.endMs) return [];
      const byMs = (before.endMs - run.began.atMs).toFixed(1);
      return [`${group}: process ${before.began.pid} and process ${run.began.pid}, by ${byMs} ms`];
    });
  });
}

function findRepeats(runs: readonly Run[]): Pick<Verdict, 'repeated' | 'unexplained'> {
  const repeated: string[] = [];
  const unexplained: string[] = [];
  for (const [key, ofJob] of groupBy(runs, ({ began }) => began.key)) {
    const withEffect = ofJob
      .filter(({ effects }) => effects > 0)
      .sort((one, other) => one.began.atMs - other.began.atMs);
    for (const [index, run] of withEffect.slice(0, -1).entries()) {
      const next = withEffect[index + 1]?.began.atMs ?? Number.NaN;
      const why = explain(run, next);
      const line = `job ${key}, attempt ${run.began.attempt} of process ${run.began.pid}: ${why ?? 'nobody was killed'}`;
      repeated.push(line);
      if (why === undefined) unexplained.push(line);
    }
    for (const { began, effects } of withEffect.filter((run) => run.effects > 1)) {
      unexplained.push(`job ${key}, attempt ${began.attempt}: ${effects} effects in one run`);
    }
  }
  return { repeated, unexplained };
}

function explain({ killedMs, endMs, returned }: Run, nextMs: number): string | undefined {
  if (killedMs === undefined || killedMs > nextMs) return undefined;
  if (!returned) return 'killed while it ran';
  const afterMs = killedMs - endMs;
  return afterMs < settledMs ? `killed ${afterMs.toFixed(1)} ms after its end, before it was settled` : undefined;
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

/** A settlement waits some milliseconds for a transaction, for other processes that write, and for a CPU. */
const settledMs = 2_000;
