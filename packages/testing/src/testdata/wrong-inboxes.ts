import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import {
  type EmbeddedInbox,
  type Handler,
  type HandlerContext,
  type Inbox,
  type InboxEntry,
  type InboxInspection,
  isWebhookError,
  type JobWorker,
  memoryInbox,
  type RetryPolicy,
  type TwentyEvent,
} from '@twenty-webhooks/core';
import type { InboxFixture, InboxSettings } from '../inbox-suite/inbox-fixture.ts';

/** Inboxes as people write them. Each is wrong in one way, which its name says. Those that need a disk are beside sqliteInbox. */
export const wrongInboxes = {
  waitsForHandlers: wrong(({ put, inspection }) => ({
    async put(entry, options) {
      const stored = await put(entry, options);
      for (const key of stored) while (isUnfinished((await inspection.get(key))?.state)) await sleep(5);
      return stored;
    },
  })),

  checksThenInserts: wrong(({ put, inspection }) => ({
    async put(entry, options) {
      const isNew = await newIn(entry, inspection);
      await nextTurn();
      await put(entry, options);
      return isNew;
    },
  })),

  takesAHandlerAddedLaterForKnown: wrong(({ put }) => ({
    async put(entry, options) {
      const stored = await put(entry, options);
      return stored.size < entry.jobs.length ? new Set<string>() : stored;
    },
  })),

  runsAllForAHandlerAddedLater: wrong(({ put, inspection }) => ({
    async put(entry, options) {
      const isNew = await newIn(entry, inspection);
      if (isNew.size === 0) return isNew;
      const again = entry.jobs.map((job) => ({ ...job, key: isNew.has(job.key) ? job.key : `${job.key} again` }));
      return put({ ...entry, jobs: again }, options);
    },
  })),

  forgetsTheWorkspace: wrong(({ put }) => ({
    async put(entry, options) {
      const keyOf = (handler: string): string => `${entry.event.id} ${handler}`;
      const jobs = entry.jobs.map(({ handler }) => ({ key: keyOf(handler), handler }));
      const stored = await put({ ...entry, jobs }, options);
      return new Set(entry.jobs.filter(({ handler }) => stored.has(keyOf(handler))).map(({ key }) => key));
    },
  })),

  storesJobByJob: wrong(({ put }) => ({
    async put(entry, options) {
      const stored = new Set<string>();
      for (const job of entry.jobs) {
        for (const key of await put({ ...entry, jobs: [job] }, options)) stored.add(key);
      }
      return stored;
    },
  })),

  forgetsWhatDied: wrong(({ put, inspection }) => ({
    async put(entry, options) {
      const died = await inspection.list({ state: 'dead' });
      const isDead = (key: string): boolean => died.some((job) => job.key === key);
      const jobs = entry.jobs.map((job) => ({ ...job, key: isDead(job.key) ? `${job.key} again` : job.key }));
      return put({ ...entry, jobs }, options);
    },
  })),

  swallowsErrors: wrongRuns((run) => async (event, context) => {
    try {
      await run(event, context);
    } catch {
      // Done.
    }
  }),
  attemptsNeverEnd: wrongRetry((retry) => ({ ...retry, attempts: Number.POSITIVE_INFINITY })),
  givesUpAtOnce: wrongRetry((retry) => ({ ...retry, attempts: 1 })),
  doesNotWaitForRetries: wrongRetry((retry) => ({ ...retry, minDelayMs: 0 })),
  alwaysSaysFirstAttempt: wrongRuns((run) => (event, context) => run(event, { ...context, attempt: 1 })),
  hasANewKeyForEachRun: wrongRuns((run) => (event, context) => {
    const idempotencyKey = `${context.idempotencyKey} ${context.attempt}`;
    return run(event, { ...context, idempotencyKey });
  }),
  retriesTheHopeless: wrongRuns((run) => async (event, context) => {
    try {
      await run(event, context);
    } catch (cause) {
      throw isWebhookError(cause) ? new Error(cause.message) : cause;
    }
  }),
  ignoresRetryAfter: wrongRuns((run) => async (event, context) => {
    try {
      await run(event, context);
    } catch (cause) {
      throw isWebhookError(cause) && cause.code === 'RETRY_AFTER' ? new Error('later') : cause;
    }
  }),
  takesEverythingForAnError: wrongRuns((run) => async (event, context) => {
    try {
      await run(event, context);
    } catch (cause) {
      throw new Error((cause as Error).message.slice(0, 1_000));
    }
  }),
  waitsForTheOnesBefore: wrongRunsOf(() => {
    let last: Promise<unknown> = Promise.resolve();
    return (run) => (event, context) => {
      const before = last;
      const result = before.then(() => run(event, context));
      last = result.catch(() => {});
      return result;
    };
  }),
  runsAsManyAsThereAre: wrong(() => ({}), { concurrency: 100 }),
  leavesAPlaceEmpty: wrong(() => ({}), { concurrency: 3 }),
  jobsWithoutHandlerLoop: wrong(({ work }) => ({
    work(worker) {
      const missing = (): never => {
        throw new Error('no handler');
      };
      const retry = { ...worker.retry, attempts: Number.POSITIVE_INFINITY };
      work({ ...worker, retry, handlerOf: (name) => worker.handlerOf(name) ?? missing });
    },
  })),
  logsSuccess: wrongRunsOf(({ logger }) => (run) => async (event, context) => {
    await run(event, context);
    logger.warn('handled', context.idempotencyKey);
  }),
  logsBodies: wrongRunsOf(({ logger }) => (run) => (event, context) => {
    logger.warn(JSON.stringify(event));
    return run(event, context);
  }),
  writesToTheConsole: wrong(({ put }) => ({
    put(entry, options) {
      consoleOfNow().log('put', entry.event.name);
      return put(entry, options);
    },
  })),
  startsSlowly: wrongRuns((run) => async (event, context) => {
    await sleep(60);
    return run(event, context);
  }),

  runsRecordsTogether: wrong(({ put }) => ({
    put: (entry, options) => put({ ...entry, event: { ...entry.event, record: undefined } }, options),
  })),
  holdsUpOtherRecords: wrong(({ put }) => ({
    put(entry, options) {
      const record = { object: 'all', id: 'the same', changedAtMs: undefined };
      return put({ ...entry, event: { ...entry.event, record } }, options);
    },
  })),
  nothingIsStale: wrongRuns((run) => (event, context) => run(event, { ...context, isStale: false })),
  staleForAllHandlers: wrongStale({ lane: ({ object, workspace, id }) => [object, workspace, id] }),
  staleForAllObjects: wrongStale({ lane: ({ handler, workspace, id }) => [handler, workspace, id] }),
  staleForAllWorkspaces: wrongStale({ lane: ({ handler, object, id }) => [handler, object, id] }),
  staleForAllRecords: wrongStale({ lane: ({ handler, object, workspace }) => [handler, object, workspace] }),
  staleAtTheSameTime: wrongStale({ isStale: (changedMs, handledMs) => changedMs <= handledMs }),
  staleWithoutTime: wrongStale({ isStale: (changedMs, handledMs) => !(changedMs >= handledMs) }),
  staleByWhatFailed: wrongStale({ countsFailures: true }),

  reserialises: wrong(({ put }) => ({
    put(entry, options) {
      const body = new TextEncoder().encode(JSON.stringify(JSON.parse(new TextDecoder().decode(entry.body))));
      return put({ ...entry, body }, options);
    },
  })),
  cutsBodies: wrong(({ put }) => ({
    put: (entry, options) => put({ ...entry, body: entry.body.slice(0, 1024 * 1024) }, options),
  })),
  changesTheEventOfARetry: wrongRuns((run) => (event, context) => {
    if (context.attempt > 1) Object.assign(event, { timestamp: 'changed' });
    return run(event, context);
  }),
  keepsParsedEvents: wrongRunsOf(() => {
    const events = new Map<string, TwentyEvent>();
    return (run) => (event, context) => {
      const kept = events.get(event.id) ?? event;
      events.set(event.id, kept);
      return run(kept, context);
    };
  }),
  losesTheNonce: wrong(({ put }) => ({
    put: (entry, options) => put({ ...entry, delivery: { ...entry.delivery, nonce: undefined } }, options),
  })),
  losesTheSecretIndex: wrong(({ put }) => ({
    put: (entry, options) => put({ ...entry, delivery: { ...entry.delivery, secretIndex: 0 } }, options),
  })),
  receivesAgainAtEachRun: wrongRuns((run) => (event, context) => {
    const delivery = { ...context.delivery, receivedAtMs: Date.now() + context.attempt };
    return run(event, { ...context, delivery });
  }),
  judgesTheTimeAgain: wrongRuns((run) => (event, context) => {
    if (Date.now() - (context.delivery.signedAtMs ?? 0) > 300_000) throw new Error('too old');
    return run(event, context);
  }),
  losesTheHeaders: wrong(({ put }) => ({ put: (entry, options) => put({ ...entry, headers: {} }, options) })),

  closesWithoutWaiting: wrong(({ close }) => ({ close: () => close({ graceMs: 0 }) })),
  closesWhenAllIsDone: wrong(({ close, inspection }) => ({
    async close({ graceMs = 0 } = {}) {
      for (const endMs = Date.now() + graceMs; Date.now() < endMs; await sleep(5)) {
        const { waiting, running } = await inspection.counts();
        if (waiting + running === 0) break;
      }
      await close({ graceMs });
    },
  })),
  closesWhenTheLastReturns: wrong(({ close }) => ({
    close: ({ graceMs = 0 } = {}) => close({ graceMs: Math.max(graceMs, 30_000) }),
  })),
  takesDeliveriesAfterClose: wrong(({ put }) => ({
    put: (entry, options) => put(entry, options).catch(() => new Set(entry.jobs.map(({ key }) => key))),
  })),
  neverStarts: wrong(({ work, put }) => {
    let hasPut = false;
    return {
      put(entry, options) {
        hasPut = true;
        return put(entry, options);
      },
      work: (worker) => hasPut || work(worker),
    };
  }),

  countsTheRunningAsWaiting: wrongInspection((inspection) => ({
    async counts() {
      const { waiting, running, ...rest } = await inspection.counts();
      return { ...rest, waiting: waiting + running, running: 0 };
    },
  })),
  listsTheOldestFirst: wrongInspection((inspection) => ({
    list: async (options) => [...(await inspection.list(options))].reverse(),
  })),
  listsAllObjects: wrongInspection((inspection) => ({
    list: ({ object: _object, ...options } = {}) => inspection.list(options),
  })),
  listsPagesThatOverlap: wrongInspection((inspection) => ({
    async list({ before, limit = 100, ...options } = {}) {
      const all = await inspection.list({ ...options, limit: 1_000 });
      const from = before === undefined ? 0 : all.findIndex(({ key }) => key === before);
      return from === all.length - 1 ? [] : all.slice(from, from + limit);
    },
  })),
  listsBodies: wrongInspection((inspection) => ({
    async list(options) {
      const jobs = await inspection.list(options);
      const details = await Promise.all(jobs.map(({ key }) => inspection.get(key)));
      return jobs.map((job, index) => ({ ...job, body: new TextDecoder().decode(details[index]?.body) }));
    },
  })),
  hidesErrors: wrongInspection((inspection) => ({
    async get(key) {
      const found = await inspection.get(key);
      return found && { ...found, lastError: undefined };
    },
  })),
  retriesNothing: wrongInspection((inspection) => ({
    retry: async (which) => (typeof which === 'string' ? 1 : inspection.retry(which)),
  })),
  retriesAll: wrongInspection((inspection) => ({
    retry: (which) => inspection.retry(typeof which === 'string' ? which : {}),
  })),
  forgetsKeysOnPurge: wrong(({ put, inspection }) => {
    const purged = new Set<string>();
    return {
      put(entry, options) {
        const jobs = entry.jobs.map((job) => ({ ...job, key: purged.has(job.key) ? `${job.key} again` : job.key }));
        return put({ ...entry, jobs }, options);
      },
      inspection: {
        ...inspection,
        async purge(filter) {
          for (const { key } of await inspection.list({ state: filter?.state ?? 'done' })) purged.add(key);
          return inspection.purge(filter);
        },
      },
    };
  }),
} satisfies Record<string, InboxFixture>;

const isUnfinished = (state: string | undefined): boolean => state === 'waiting' || state === 'running';

/** Found before anything is written, so that others can come between. */
async function newIn({ jobs }: InboxEntry, inspection: InboxInspection): Promise<Set<string>> {
  const found = await Promise.all(jobs.map(async ({ key }) => [key, await inspection.get(key)] as const));
  return new Set(found.filter(([, job]) => job === undefined).map(([key]) => key));
}

function wrong(spoil: (inbox: EmbeddedInbox) => Partial<Inbox>, settings: Partial<InboxSettings> = {}): InboxFixture {
  const open = (given: InboxSettings): Inbox => {
    const real = memoryInbox({ ...given, ...settings });
    const inbox: EmbeddedInbox = {
      put: (entry, options) => real.put(entry, options),
      work: (worker) => real.work(worker),
      close: (options) => real.close(options),
      inspection: real.inspection,
    };
    return { ...inbox, ...spoil(inbox) };
  };
  return {
    lacks: ['crash', 'sharing', 'outage'],
    // What never happens need not be waited for so long here.
    patienceMs: 1_000,
    createStorage: () => ({ location: '', open }),
  };
}

/** Wrong in how it runs handlers. */
function wrongRunsOf(spoilFor: (worker: JobWorker) => (run: Handler) => Handler): InboxFixture {
  return wrong(({ work }) => ({
    work(worker) {
      const spoil = spoilFor(worker);
      const handlerOf = (name: string): Handler | undefined => {
        const run = worker.handlerOf(name);
        return run && spoil(run);
      };
      work({ ...worker, handlerOf });
    },
  }));
}

function wrongRuns(spoil: (run: Handler) => Handler): InboxFixture {
  return wrongRunsOf(() => spoil);
}

function wrongRetry(spoil: (retry: RetryPolicy) => RetryPolicy): InboxFixture {
  return wrong(({ work }) => ({ work: (worker) => work({ ...worker, retry: spoil(worker.retry) }) }));
}

function wrongInspection(spoil: (inspection: InboxInspection) => Partial<InboxInspection>): InboxFixture {
  return wrong(({ inspection }) => ({ inspection: { ...inspection, ...spoil(inspection) } }));
}

interface Lane {
  readonly handler: string;
  readonly object: string;
  readonly workspace: string;
  readonly id: string;
}

/** Wrong in what it takes for stale; without options it would be right. */
function wrongStale({
  lane = (parts: Lane) => Object.values(parts),
  isStale = (changedMs: number, handledMs: number) => changedMs < handledMs,
  countsFailures = false,
}): InboxFixture {
  return wrong(({ put, work }) => {
    const changes = new Map<string, { readonly lane: string; readonly changedMs: number }>();
    const handled = new Map<string, number>();
    return {
      put(entry, options) {
        const { record, workspaceId: workspace } = entry.event;
        for (const { key, handler } of record === undefined ? [] : entry.jobs) {
          const { object = '', id = '', changedAtMs = Number.NaN } = record ?? {};
          changes.set(key, { lane: String(lane({ handler, object, workspace, id })), changedMs: changedAtMs });
        }
        return put(entry, options);
      },
      work(worker) {
        const handlerOf = (name: string): Handler | undefined => {
          const run = worker.handlerOf(name);
          return run && ((event, context) => judge(run, event, context));
        };
        work({ ...worker, handlerOf });
      },
    };

    async function judge(run: Handler, event: Parameters<Handler>[0], context: HandlerContext): Promise<void> {
      const { lane: one = '', changedMs = Number.NaN } = changes.get(context.idempotencyKey) ?? {};
      const handledMs = handled.get(one);
      const note = (): unknown => changedMs > (handledMs ?? 0) && handled.set(one, changedMs);
      const stale = handledMs !== undefined && isStale(changedMs, handledMs);
      if (countsFailures) note();
      await run(event, { ...context, isStale: stale });
      note();
    }
  });
}

/** A suite watches it. */
const consoleOfNow = (): Console => globalThis.console;
