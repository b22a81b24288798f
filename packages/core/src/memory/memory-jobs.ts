import type { ClaimedRow, IdRange, JobTable } from '../embedded/job-table.ts';
import type { InboxEntry, JobError } from '../inbox.ts';
import type { JobFilter, JobInfo, JobState } from '../inspection.ts';
import { laneOf } from '../lane.ts';

interface Row {
  /** Grows in the order of arrival. */
  readonly id: number;
  readonly key: string;
  readonly handler: string;
  /** `undefined` once purged: only the key is left. */
  entry: StoredEntry | undefined;
  state: JobState;
  attempt: number;
  dueAtMs: number;
  readonly storedAtMs: number;
  startedAtMs?: number | undefined;
  finishedAtMs?: number | undefined;
  lastError?: JobError | undefined;
}

type StoredEntry = Omit<InboxEntry, 'parsed'>;

/** A table of jobs in memory, of one process: nobody else writes, nobody's lease runs out. */
export function createMemoryJobs(): JobTable {
  const rows = new Map<string, Row>();
  // By id; what is done is in none of them.
  const waiting = new Map<number, Row>();
  const running = new Map<number, Row>();
  /** The newest change of a record that a handler has handled. */
  const handled = new Map<string, number>();
  let lastId = 0;
  let done = 0;

  const forget = (row: Row): void => {
    rows.delete(row.key);
    done--;
  };

  const matches = (row: Row, { state, object, handler }: JobFilter): boolean =>
    row.entry !== undefined &&
    (state === undefined || row.state === state) &&
    (handler === undefined || row.handler === handler) &&
    (object === undefined || row.entry.event.record?.object === object);

  const inRange = ({ first, last }: IdRange): Row[] => [...rows.values()].filter(({ id }) => id >= first && id <= last);

  const revive = (row: Row, nowMs: number): boolean => {
    if (row.state === 'dead') Object.assign(row, { state: 'waiting', attempt: 0, finishedAtMs: undefined });
    else if (row.state !== 'waiting' || row.dueAtMs <= nowMs) return false;
    row.dueAtMs = nowMs;
    waiting.set(row.id, row);
    return true;
  };

  return {
    transact: (_isDurable, body) => ({ value: body() }),

    insert(entry, nowMs) {
      const stored = new Set<string>();
      // The event is made anew for each run: a handler may have changed the one before.
      const { parsed, ...kept } = { ...entry, body: new Uint8Array(entry.body) };
      for (const { key, handler } of entry.jobs) {
        if (rows.has(key)) continue;
        const row: Row = {
          id: ++lastId,
          key,
          handler,
          entry: kept,
          state: 'waiting',
          attempt: 0,
          dueAtMs: nowMs,
          storedAtMs: nowMs,
        };
        rows.set(key, row);
        waiting.set(row.id, row);
        stored.add(key);
      }
      return stored;
    },

    claim(_workerId, limit, nowMs) {
      const busy = new Set([...running.values()].map(laneOfRow));
      const due = [...waiting.values()].filter(({ dueAtMs }) => dueAtMs <= nowMs);
      due.sort((one, other) => one.dueAtMs - other.dueAtMs || one.id - other.id);
      const claimed: ClaimedRow[] = [];
      for (const row of due) {
        if (claimed.length === limit) break;
        const lane = laneOfRow(row);
        if (row.entry === undefined || (lane !== undefined && busy.has(lane))) continue;
        busy.add(lane);
        waiting.delete(row.id);
        running.set(row.id, row);
        Object.assign(row, { state: 'running', attempt: row.attempt + 1, startedAtMs: nowMs });
        const handledMs = lane === undefined ? undefined : handled.get(lane);
        claimed.push(toClaimed(row, row.entry, handledMs ?? Number.NEGATIVE_INFINITY));
      }
      return { rows: claimed, left: claimed.length < due.length ? 'waiting' : 'nothing' };
    },

    settle(_workerId, { id, end }, nowMs) {
      const row = running.get(id);
      if (row === undefined) return false;
      running.delete(id);
      if (end.state === 'done' || end.state === 'dead') {
        Object.assign(row, { state: end.state, finishedAtMs: nowMs });
      } else {
        row.state = 'waiting';
        if (end.state === 'retry') row.dueAtMs = nowMs + end.delayMs;
        else row.attempt--;
        waiting.set(id, row);
      }
      if ('error' in end) row.lastError = end.error;
      if (end.state !== 'done') return true;
      const lane = laneOfRow(row);
      const changedAtMs = row.entry?.event.record?.changedAtMs;
      if (lane !== undefined && changedAtMs !== undefined) {
        handled.set(lane, Math.max(changedAtMs, handled.get(lane) ?? changedAtMs));
        for (const [oldest] of handled) if (handled.size > maxDone) handled.delete(oldest);
      }
      if (++done > maxDone) {
        for (const other of rows.values()) {
          if (other.state !== 'done') continue;
          forget(other);
          break;
        }
      }
      return true;
    },

    renew: () => true,
    hasExpired: () => false,
    recover() {},

    nextDueMs() {
      let next: number | undefined;
      const busy = new Set([...running.values()].map(laneOfRow));
      for (const row of waiting.values()) {
        const lane = laneOfRow(row);
        // The end of the one that runs is the sign for the next.
        if ((lane === undefined || !busy.has(lane)) && !(row.dueAtMs >= (next ?? Number.POSITIVE_INFINITY))) {
          next = row.dueAtMs;
        }
      }
      return next;
    },

    sweep(storedBeforeMs, limit) {
      let left = limit;
      for (const row of rows.values()) {
        if (row.state !== 'done' || row.storedAtMs >= storedBeforeMs) continue;
        if (left-- === 0) return true;
        forget(row);
      }
      return false;
    },

    retry(filter, ids, nowMs) {
      return inRange(ids).filter((row) => matches(row, filter) && revive(row, nowMs)).length;
    },

    retryOne(key, nowMs) {
      const row = rows.get(key);
      return row?.entry !== undefined && revive(row, nowMs) ? 1 : 0;
    },

    purge({ finishedBeforeMs = Number.POSITIVE_INFINITY, ...filter }, ids) {
      const purged = inRange(ids).filter(
        (row) => matches(row, filter) && (row.finishedAtMs ?? Number.POSITIVE_INFINITY) < finishedBeforeMs,
      );
      for (const row of purged) {
        if (row.state === 'dead') done++;
        Object.assign(row, { state: 'done', entry: undefined, lastError: undefined });
      }
      return purged.length;
    },

    ids: () => ({ first: 1, last: lastId }),

    counts() {
      const counts = { waiting: 0, running: 0, done: 0, dead: 0 };
      for (const row of rows.values()) if (row.entry !== undefined) counts[row.state]++;
      return counts;
    },

    list({ limit, before, ...filter }) {
      const end = before === undefined ? Number.POSITIVE_INFINITY : (rows.get(before)?.id ?? 0);
      const found = [...rows.values()].filter((row) => row.id < end && matches(row, filter));
      return found.reverse().slice(0, limit).map(toInfo);
    },

    get(key) {
      const row = rows.get(key);
      if (row?.entry === undefined) return undefined;
      const { body, delivery, headers } = row.entry;
      return { ...toInfo(row), body, delivery, headers };
    },

    close() {},
  };
}

/** As many done jobs are remembered. */
const maxDone = 10_000;

const laneOfRow = ({ handler, entry }: Row): string | undefined => entry && laneOf(handler, entry.event);

function toClaimed(row: Row, { body, delivery, event }: StoredEntry, handledMs: number): ClaimedRow {
  const { id, key, handler, attempt } = row;
  const isStale = (event.record?.changedAtMs ?? Number.POSITIVE_INFINITY) < handledMs;
  return { id, key, handler, attempt, isStale, body, delivery };
}

function toInfo(row: Row): JobInfo {
  const { key, state, handler, attempt, storedAtMs, startedAtMs, finishedAtMs, lastError } = row;
  const { event } = row.entry as StoredEntry;
  return {
    key,
    state,
    handler,
    event: event.name,
    eventId: event.id,
    workspaceId: event.workspaceId,
    object: event.record?.object,
    recordId: event.record?.id,
    attempt,
    storedAtMs,
    dueAtMs: state === 'waiting' ? row.dueAtMs : undefined,
    startedAtMs,
    finishedAtMs,
    lastError,
  };
}
