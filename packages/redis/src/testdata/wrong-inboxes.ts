import { setTimeout as sleep } from 'node:timers/promises';
import { jobOptions, type PlainParts, rightParts, toFlow } from './plain-inbox.ts';

let putsJobByJob = 0;

/** Inboxes on BullMQ as people write them. Each is wrong in one way, which its name says. */
export const wrongInboxes = {
  answersBeforeItIsStored: {
    put: async ({ flow }, entry) => {
      setTimeout(() => void flow.addBulk(toFlow(entry, jobOptions).flow).catch(() => {}), 500);
      return new Set(entry.jobs.map(({ key }) => key));
    },
  },

  storesJobByJob: {
    put: async ({ queue }, entry) => {
      // Each event is slower than the one before: when one has its answer, those after it are between two of their jobs.
      const pauseMs = 20 * ++putsJobByJob;
      for (const [index, { name, data, opts }] of toFlow(entry, jobOptions).flow.entries()) {
        if (index > 0) await sleep(pauseMs);
        await queue.add(name, data, opts);
      }
      return new Set(entry.jobs.map(({ key }) => key));
    },
  },

  // An id comes back for a duplicate, too.
  saysNewByTheId: {
    put: async ({ flow }, entry) => {
      const added = await flow.addBulk(toFlow(entry, jobOptions).flow);
      return new Set(added.map(({ job }) => String(job.data.key)));
    },
  },

  checksThenAdds: {
    put: async ({ flow, client, prefix }, entry) => {
      const jobs = toFlow(entry, jobOptions).flow;
      const found = await Promise.all(jobs.map(({ opts }) => client.exists(`${prefix}:plain:${opts.jobId}`)));
      await flow.addBulk(jobs);
      return new Set(jobs.filter((_, index) => found[index] === 0).map(({ data }) => data.key));
    },
  },

  saysDuplicateInAnOutage: {
    put: (store, entry) => soon(rightParts.put(store, entry)).catch(() => new Set<string>()),
  },

  // The options with which everybody begins: commands wait for Redis, however long that takes, and are stored then.
  waitsForRedis: { put: (store, entry) => rightParts.put(store, entry) },

  forgetsWhatIsDone: {
    put: (store, entry) => putWith(store, entry, { ...jobOptions, removeOnComplete: true }),
  },

  forgetsWhatIsDead: {
    put: (store, entry) => putWith(store, entry, { ...jobOptions, removeOnFail: true }),
  },

  triesOnce: { put: (store, entry) => putWith(store, entry, { removeOnComplete: { age: 1_000 } }) },

  countsNoCrashes: { attemptOf: ({ attemptsMade }) => attemptsMade + 1 },

  countsWhatItGaveBack: { attemptOf: ({ attemptsStarted }) => attemptsStarted },

  neverLooksForTheLost: { findsTheLost: false },

  neverRenews: { renewsLocks: false },

  neverSeesThatItWasLost: { abortsTheLost: false },

  keepsWhatRunsAtClose: { givesBack: false },

  nothingIsStale: { remembersHandled: false },
} satisfies Record<string, Partial<PlainParts>>;

const putWith = async (
  { flow, client, prefix }: Parameters<PlainParts['put']>[0],
  entry: Parameters<PlainParts['put']>[1],
  options: typeof jobOptions,
): Promise<ReadonlySet<string>> => {
  const { nonce, flow: jobs } = toFlow(entry, options);
  await flow.addBulk(jobs);
  const stored = await Promise.all(jobs.map(({ opts }) => client.hget(`${prefix}:plain:${opts.jobId}`, 'data')));
  return new Set(jobs.filter((_, index) => stored[index]?.includes(nonce)).map(({ data }) => data.key));
};

const soon = <T>(promise: Promise<T>): Promise<T> =>
  Promise.race([promise, new Promise<never>((_resolve, reject) => setTimeout(reject, 500, new Error('late')))]);
