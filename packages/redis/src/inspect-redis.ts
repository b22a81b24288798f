import {
  bodyOf,
  deliveryOf,
  type InboxInspection,
  inspectionOf,
  type JobFilter,
  type JobInfo,
  type JobState,
  type ListOptions,
  type StoredJob,
  toJobInfo,
} from '@twenty-webhooks/core';
import { Job, type Queue } from 'bullmq';
import { describeScript, idsAfterScript, purgeScript } from './inspect-scripts.ts';
import { type JobRow, toFound } from './job-row.ts';
import { toRedisError } from './redis-errors.ts';
import { type RedisKeys, toJobId } from './redis-keys.ts';
import type { RedisLink } from './redis-link.ts';
import { runScript } from './redis-script.ts';

export interface InspectedRedis {
  readonly link: RedisLink;
  readonly queue: Queue;
  readonly keys: RedisKeys;
  readonly retentionMs: number;
  /** What has ended in this process is to be seen. */
  settled(): Promise<void>;
}

/**
 * Make the inspection of a queue. However many jobs there are, Redis is asked in steps that hold nobody else up. What BullMQ
 * lacks, an order by the time of storing, the index has.
 */
export function inspectRedis({ link, queue, keys, retentionMs, settled }: InspectedRedis): InboxInspection {
  const { client } = link;
  const sets = ['active', 'completed', 'failed', 'delayed'].map((what) => keys.ofBull(what));

  /** Jobs by their ids, in this order; those that are gone are left out. */
  async function describe(ids: readonly string[], withBody: boolean) {
    const args = [...sets, keys.jobPrefix, withBody ? 1 : 0, ...ids];
    const rows = await runScript<readonly JobRow[]>(client, describeScript, args);
    return rows.flatMap((row) => toFound(row) ?? []);
  }

  /** Ids of the index, the newest first, beginning after one of them. */
  async function* newestFirst(before: string | undefined): AsyncGenerator<readonly string[]> {
    let after = before === undefined ? '' : toJobId(before);
    let score = '';
    for (;;) {
      const args = [keys.index, after, score, idsPerStep];
      const [ids, lastScore] = await runScript<[readonly string[], string]>(client, idsAfterScript, args);
      if (ids.length > 0) yield ids;
      if (ids.length < idsPerStep) return;
      [after, score] = [ids.at(-1) ?? '', lastScore];
    }
  }

  async function* ofState(state: JobState, before: string | undefined): AsyncGenerator<readonly string[]> {
    const names = state === 'waiting' ? (['delayed', 'wait', 'prioritized'] as const) : ([setOf[state]] as const);
    const counts = await queue.getJobCounts(...names);
    const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
    if (total > sortable) {
      yield* newestFirst(before);
      return;
    }
    const ids: string[] = [];
    for (const name of names) {
      const key = keys.ofBull(name);
      const isList = name === 'wait' || name === 'active';
      ids.push(...(isList ? await client.lrange(key, 0, -1) : await client.zrange(key, '0', '-1')));
    }
    const beforeId = before === undefined ? [] : [toJobId(before)];
    if (ids.length === 0) return;
    const scores = await client.zmscore(keys.index, ...ids, ...beforeId);
    const ranked = ids.map((id, index) => ({ id, score: Number(scores[index] ?? 0) }));
    const limit = before === undefined ? Number.POSITIVE_INFINITY : Number(scores.at(-1) ?? 0);
    const sorted = ranked
      .filter(({ id, score }) => score < limit || (score === limit && id < (beforeId[0] ?? '')))
      .sort((one, other) => other.score - one.score || (one.id < other.id ? 1 : -1));
    for (let first = 0; first < sorted.length; first += idsPerStep) {
      yield sorted.slice(first, first + idsPerStep).map(({ id }) => id);
    }
  }

  async function list({ limit, before, ...filter }: ListOptions & { readonly limit: number }): Promise<JobInfo[]> {
    const found: JobInfo[] = [];
    const pages = filter.state === undefined ? newestFirst(before) : ofState(filter.state, before);
    for await (const ids of pages) {
      const infos = (await describe(ids, false)).map(({ job, progress }) => toJobInfo(job, progress));
      found.push(...infos.filter((info) => fits(info, filter)));
      if (found.length >= limit) break;
    }
    return found.slice(0, limit);
  }

  /** Over the jobs that are in a set now, the oldest first, whatever becomes of them. */
  async function inSteps(set: string, filter: JobFilter, act: (ids: readonly string[]) => Promise<number>) {
    const key = keys.ofBull(set);
    let left = await client.zcard(key);
    let total = 0;
    for (let offset = 0; left > 0; ) {
      const ids = await client.zrange(key, String(offset), String(offset + Math.min(left, idsPerStep) - 1));
      if (ids.length === 0) break;
      const infos = (await describe(ids, false)).map(({ job, progress }) => toJobInfo(job, progress));
      const acted = await act(infos.filter((info) => fits(info, filter)).map(({ key }) => toJobId(key)));
      total += acted;
      offset += ids.length - acted;
      left -= ids.length;
    }
    return total;
  }

  const light = (id: string): Job => new Job(queue, '', {}, {}, id);
  const succeeds = (action: Promise<void>): Promise<number> =>
    action.then(
      () => 1,
      (cause) => {
        // Somebody else was faster.
        if (isNotThere(cause)) return 0;
        throw cause;
      },
    );
  const retryDead = (id: string): Promise<number> => succeeds(light(id).retry('failed'));
  const retryWaiting = (id: string): Promise<number> => succeeds(light(id).promote());
  const each = async (ids: readonly string[], act: (id: string) => Promise<number>): Promise<number> =>
    (await Promise.all(ids.map(act))).reduce((sum, count) => sum + count, 0);

  const whenUsable = async <T>(task: () => Promise<T>): Promise<T> => {
    try {
      await link.usable(connectMs);
      await settled();
      return await task();
    } catch (cause) {
      throw toRedisError(cause);
    }
  };

  return inspectionOf({
    counts: () =>
      whenUsable(async () => {
        const found = await queue.getJobCounts('wait', 'delayed', 'prioritized', 'active', 'completed', 'failed');
        const of = (name: string): number => found[name] ?? 0;
        const waiting = of('wait') + of('delayed') + of('prioritized');
        return { waiting, running: of('active'), done: of('completed'), dead: of('failed') };
      }),
    list: (options) => whenUsable(() => list(options)),
    get: (key) =>
      whenUsable(async () => {
        const [found] = await describe([toJobId(key)], true);
        if (found === undefined) return undefined;
        const { job, progress } = found;
        const body = bodyOf(job as StoredJob);
        return { ...toJobInfo(job, progress), body, delivery: deliveryOf(job), headers: job.headers };
      }),
    retryOne: (key) => whenUsable(async () => (await retryDead(toJobId(key))) || (await retryWaiting(toJobId(key)))),
    retryAll: ({ state, ...filter }) =>
      whenUsable(() =>
        state === 'dead'
          ? inSteps('failed', filter, (ids) => each(ids, retryDead))
          : inSteps('delayed', filter, (ids) => each(ids, retryWaiting)),
      ),
    purge: ({ state, finishedBeforeMs = Number.POSITIVE_INFINITY, ...filter }) =>
      whenUsable(() => {
        const set = keys.ofBull(setOf[state]);
        const before = finishedBeforeMs === Number.POSITIVE_INFINITY ? '' : finishedBeforeMs;
        return inSteps(setOf[state], filter, (ids) =>
          ids.length === 0
            ? Promise.resolve(0)
            : runScript(client, purgeScript, [set, keys.index, keys.jobPrefix, before, Math.ceil(retentionMs), ...ids]),
        );
      }),
  });
}

const setOf = { running: 'active', done: 'completed', dead: 'failed', waiting: 'wait' } as const;

const fits = (info: JobInfo, { state, object, handler }: JobFilter): boolean =>
  (state === undefined || info.state === state) &&
  (object === undefined || info.object === object) &&
  (handler === undefined || info.handler === handler);

/** BullMQ: the job does not exist, or not in this state. */
const isNotThere = (cause: unknown): boolean => {
  const { code } = cause as { readonly code?: unknown };
  return code === -1 || code === -3;
};

/** Takes Redis some milliseconds. */
const idsPerStep = 200;
/** So many ids can be fetched at once and sorted here; of more, the index is not far from a job that fits. */
const sortable = 5_000;
const connectMs = 1_000;
