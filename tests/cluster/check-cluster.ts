import type { RunLine } from '../../bench/src/soak/ledger.ts';
import type { Attempt, ClusterRecord, Outage } from './cluster-record.ts';

export interface Verdict {
  /** What must not be. */
  readonly problems: readonly string[];
  /** Effects that happened again, with what explains it. */
  readonly repeated: readonly string[];
  /** The longest that a delivery waited for its answer while the database was down. */
  readonly slowestInOutageMs: number;
}

/** Judge what a cluster has seen. */
export function checkCluster(record: ClusterRecord): Verdict {
  const runs = toRuns(record);
  const repeats = findRepeats(runs, record.outages);
  return {
    problems: [
      ...findLost(record, runs),
      ...findFalseAnswers(record),
      ...findOutageProblems(record),
      ...findOverlaps(runs),
      ...repeats
        .filter(({ why }) => why === undefined)
        .map(({ line }) => `effect repeated, and nothing explains it: ${line}`),
    ],
    slowestInOutageMs: Math.max(
      0,
      ...record.outages.flatMap((outage) => sentIn(outage, record.attempts).map(durationOf)),
    ),
    repeated: repeats.flatMap(({ line, why }) => (why === undefined ? [] : [`${line}: ${why}`])),
  };
}

interface Run {
  readonly key: string;
  readonly pid: number;
  readonly name: string;
  readonly beganMs: number;
  readonly effects: number;
  readonly returned: boolean;
  /** Of its end or that of its process; if neither came, for ever. */
  readonly endMs: number;
  readonly killedMs: number | undefined;
}

function toRuns({ runs: lines, kills }: ClusterRecord): Run[] {
  const killed = new Map(kills.map(({ pid, atMs }) => [pid, atMs]));
  // A job that is given back keeps its attempt: a run begins with each `began`.
  const open = new Map<string, RunLine[]>();
  const runs: RunLine[][] = [];
  for (const line of lines) {
    const place = `${line.pid} ${line.key}`;
    if (line.what === 'began') {
      const run = [line];
      open.set(place, run);
      runs.push(run);
    } else {
      const run = open.get(place);
      if (run === undefined) throw new Error(`a run without a beginning: ${JSON.stringify(line)}`);
      run.push(line);
    }
  }
  return runs.flatMap(([began, ...rest]) => {
    if (began === undefined) return [];
    const { pid, key, handler, eventId, atMs: beganMs } = began;
    const end = rest.find(({ what }) => what === 'returned');
    const killedMs = killed.get(pid);
    const effects = rest.filter(({ what }) => what === 'effect').length;
    const endMs = end?.atMs ?? killedMs ?? Number.POSITIVE_INFINITY;
    return [
      { key, pid, name: `${eventId} for ${handler}`, beganMs, effects, returned: end !== undefined, endMs, killedMs },
    ];
  });
}

function findLost({ events, handlers, attempts }: ClusterRecord, runs: readonly Run[]): string[] {
  const returned = new Set(runs.filter((run) => run.returned && run.effects > 0).map(({ name }) => name));
  const acknowledged = new Map(attempts.flatMap(({ status, event, id }) => (status === 200 ? [[event, id]] : [])));
  const promised = [...acknowledged].flatMap(([event, id]) =>
    handlers.map((handler) => ({ event, name: `${id} for ${handler}` })),
  );
  return [
    ...promised.filter(({ name }) => !returned.has(name)).map(({ name }) => `lost: ${name}`),
    ...(acknowledged.size === events ? [] : [`${acknowledged.size} of ${events} events were acknowledged`]),
  ];
}

/** An event is new once; it is never new only if the answer that said so did not arrive. */
function findFalseAnswers({ attempts }: ClusterRecord): string[] {
  return [...groupBy(attempts, ({ event }) => event)].flatMap(([event, ofEvent]) => {
    const acknowledged = ofEvent.filter(({ status }) => status === 200);
    const accepted = acknowledged.filter(({ outcome }) => outcome === 'accepted').length;
    const others = acknowledged.filter(({ outcome }) => outcome !== 'accepted' && outcome !== 'duplicate');
    const ids = new Set(acknowledged.map(({ id }) => id));
    const hasFailed = ofEvent.some(({ status }) => status !== 200);
    return [
      ...others.map(({ outcome }) => `event ${event} was answered with 200 and ${outcome}`),
      ...(ids.size > 1 ? [`event ${event} has several ids`] : []),
      ...(accepted > 1 ? [`event ${event} was accepted ${accepted} times`] : []),
      ...(accepted === 0 && acknowledged.length > 0 && !hasFailed
        ? [`event ${event} was a duplicate at once, of nothing`]
        : []),
    ];
  });
}

/** While the database is down: 503, and soon. */
function findOutageProblems({ attempts, outages }: ClusterRecord): string[] {
  return outages.flatMap((outage, index) => {
    const sent = sentIn(outage, attempts);
    const late = sent.filter((attempt) => durationOf(attempt) > answerWithinMs);
    // 502 is the proxy's: a receiver that was killed is not up yet.
    const wrong = sent.filter(({ status, endedAtMs }) => status !== 503 && status !== 502 && endedAtMs < outage.toMs);
    return [
      ...(sent.some(({ status }) => status === 503) ? [] : [`outage ${index + 1}: nothing was answered with 503`]),
      ...late.map((one) => `event ${one.event}, in an outage: answered after ${durationOf(one).toFixed(0)} ms`),
      ...wrong.map(({ event, status, outcome }) => `event ${event}, in an outage: answered with ${status} ${outcome}`),
    ];
  });
}

const sentIn = ({ fromMs, toMs }: Outage, attempts: readonly Attempt[]): Attempt[] =>
  attempts.filter(({ sentAtMs }) => sentAtMs > fromMs && sentAtMs < toMs);

const durationOf = ({ sentAtMs, endedAtMs }: Attempt): number => endedAtMs - sentAtMs;

function findOverlaps(runs: readonly Run[]): string[] {
  return [...groupBy(runs, ({ key }) => key)].flatMap(([key, ofJob]) => {
    const inOrder = [...ofJob].sort((one, other) => one.beganMs - other.beganMs);
    return inOrder.slice(1).flatMap((run, index) => {
      const latest = Math.max(...inOrder.slice(0, index + 1).map(({ endMs }) => endMs));
      return run.beganMs < latest
        ? [`job ${key} was run twice at the same time, by ${(latest - run.beganMs).toFixed(1)} ms`]
        : [];
    });
  });
}

interface Repeat {
  readonly line: string;
  readonly why: string | undefined;
}

function findRepeats(runs: readonly Run[], outages: readonly Outage[]): Repeat[] {
  return [...groupBy(runs, ({ key }) => key)].flatMap(([key, ofJob]) => {
    const withEffect = ofJob.filter(({ effects }) => effects > 0).sort((one, other) => one.beganMs - other.beganMs);
    const repeats = withEffect.slice(0, -1).map((run, index): Repeat => {
      const nextMs = withEffect[index + 1]?.beganMs ?? Number.NaN;
      const why = explain(run, { nextMs, outages });
      const later = `, and it ran again ${((nextMs - run.endMs) / 1_000).toFixed(1)} s later`;
      return { line: `job ${key} of process ${run.pid}`, why: why && `${why}${later}` };
    });
    const twice = withEffect.filter(({ effects }) => effects > 1);
    return [
      ...repeats,
      ...twice.map(({ pid }) => ({ line: `job ${key} of process ${pid}, in one run`, why: undefined })),
    ];
  });
}

interface Surroundings {
  /** When it began once more. */
  readonly nextMs: number;
  readonly outages: readonly Outage[];
}

function explain({ returned, endMs, killedMs }: Run, { nextMs, outages }: Surroundings): string | undefined {
  if (killedMs !== undefined && killedMs <= nextMs) {
    if (!returned) return 'its worker was killed while it ran';
    const afterMs = killedMs - endMs;
    if (afterMs < settledMs)
      return `its worker was killed ${afterMs.toFixed(1)} ms after its end, before it was settled`;
  }
  const isOutage = outages.some(
    ({ fromMs, toMs }) => fromMs <= nextMs && endMs > fromMs - settledMs && endMs < toMs + leaseMs,
  );
  return isOutage ? 'the database was down when it was to be settled' : undefined;
}

function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

/** A settlement takes some milliseconds, and longer while a server comes up or dies, or a process gets no CPU. */
const settledMs = 3_000;
/** Of Postgres and Redis. What ends while they are connected to anew is written when that is done, or when this is over too late. */
const leaseMs = 10_000;
/** 2 s are promised, and measured where less goes on; the rest is for two busy cores. Less than the database is down. */
const answerWithinMs = 3_500;
