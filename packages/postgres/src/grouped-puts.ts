import { type InboxEntry, toStoredJobs, WebhookError, within } from '@twenty-webhooks/core';
import type { JobInsert } from 'pg-boss';
import type { BossConnection } from './boss-connection.ts';
import { tooLate } from './bounded-db.ts';
import { type JobData, laneKeyOf, toJobData } from './job-data.ts';
import { toJobId } from './job-id.ts';
import { explain } from './postgres-errors.ts';
import { Waker } from './wake.ts';

interface PendingPut {
  readonly jobs: readonly PreparedJob[];
  resolve(newKeys: ReadonlySet<string>): void;
  reject(cause: unknown): void;
}

interface PreparedJob {
  readonly key: string;
  readonly id: string;
  readonly lane: string;
  readonly insert: JobInsert<JobData>;
}

/** What goes into one statement. Of puts of one job at the same time the first is its owner. */
interface Group {
  readonly puts: PendingPut[];
  readonly jobs: Map<string, { readonly job: PreparedJob; readonly owner: PendingPut }>;
}

/**
 * Stores entries: those that come in while one `insert` of pg-boss is on its way go together into the next, which is one
 * statement, and so all or nothing. pg-boss knows by the ids which jobs were new.
 */
export class GroupedPuts {
  readonly #connection: BossConnection;
  readonly #queue: string;
  readonly #waker: Waker;
  #pending: PendingPut[] = [];
  #isInserting = false;
  #isClosed = false;
  #onIdle: (() => void) | undefined;
  /** Called when something new was stored. */
  onStored: () => void = () => {};

  constructor(connection: BossConnection, { queue }: { readonly queue: string }) {
    this.#connection = connection;
    this.#queue = queue;
    this.#waker = new Waker(queue);
    connection.whenOpen(() => void this.#insertAll());
  }

  async put(entry: InboxEntry, timeoutMs: number): Promise<ReadonlySet<string>> {
    if (this.#isClosed) throw new WebhookError('INBOX_UNAVAILABLE', 'The inbox is closed');
    const jobs = prepare(entry);
    let put: PendingPut | undefined;
    const stored = new Promise<ReadonlySet<string>>((resolve, reject) => {
      put = { jobs, resolve, reject };
      this.#pending.push(put);
    });
    void this.#insertAll();
    // A little less than allowed: the reason is worth more than that it took too long.
    const result = await within(timeoutMs * 0.95, stored);
    if (result !== undefined) return result.value;
    this.#pending = this.#pending.filter((one) => one !== put);
    this.#settleIdle();
    this.#connection.require();
    throw tooLate();
  }

  /** Take nothing more. Resolves when what was taken is stored or refused. */
  close(): Promise<void> {
    this.#isClosed = true;
    return new Promise((resolve) => {
      this.#onIdle = resolve;
      this.#settleIdle();
    });
  }

  #settleIdle(): void {
    if (!this.#isInserting && this.#pending.length === 0) this.#onIdle?.();
  }

  async #insertAll(): Promise<void> {
    if (this.#isInserting) return;
    this.#isInserting = true;
    // What comes in during this round of the event loop goes together.
    await undefined;
    while (this.#pending.length > 0 && this.#connection.opened !== undefined) await this.#insert(this.#takeGroup());
    this.#isInserting = false;
    this.#settleIdle();
  }

  /** The first puts, as many as fit; of jobs of one lane only the first, so that they are stored one after the other. */
  #takeGroup(): Group {
    const group: Group = { puts: [], jobs: new Map() };
    const rest: PendingPut[] = [];
    const lanes = new Set<string>();
    let chars = 0;
    for (const put of this.#pending) {
      const isFull = group.jobs.size + put.jobs.length > maxJobs || chars > maxChars;
      const hasPlace = group.puts.length === 0 || !isFull;
      // The same job once more is no other job of its lane.
      const isFree = put.jobs.every(({ lane, id }) => !lanes.has(lane) || group.jobs.has(id));
      for (const { lane } of put.jobs) lanes.add(lane);
      if (!hasPlace || !isFree) {
        rest.push(put);
        continue;
      }
      group.puts.push(put);
      for (const job of put.jobs) {
        if (group.jobs.has(job.id)) continue;
        group.jobs.set(job.id, { job, owner: put });
        chars += job.insert.data?.body.length ?? 0;
      }
    }
    this.#pending = rest;
    return group;
  }

  async #insert({ puts, jobs }: Group): Promise<void> {
    try {
      const { boss, putDb: db } = this.#connection.require();
      const inserts = [...jobs.values()].map(({ job }) => job.insert);
      // Always in one order: two inserts that lock the same ids in different orders are a deadlock.
      inserts.sort((one, other) => (String(one.id) < String(other.id) ? -1 : 1));
      const inserted = await within(insertMs, boss.insert(this.#queue, inserts, { db, returnId: true }));
      if (inserted === undefined) throw tooLate();
      const newIds = new Set(inserted.value ?? []);
      for (const put of puts) {
        const isNew = ({ id }: PreparedJob): boolean => newIds.has(id) && jobs.get(id)?.owner === put;
        put.resolve(new Set(put.jobs.filter(isNew).map(({ key }) => key)));
      }
      if (newIds.size === 0) return;
      this.onStored();
      this.#waker.wake(db);
    } catch (cause) {
      this.#connection.mend(cause);
      for (const { reject } of puts) reject(explain(cause));
    }
  }
}

function prepare(entry: InboxEntry): PreparedJob[] {
  return toStoredJobs(entry).map((job) => {
    const id = toJobId(job.key);
    const lane = laneKeyOf(job, id);
    return { key: job.key, id, lane, insert: { id, data: toJobData(job), singletonKey: lane } };
  });
}

const maxJobs = 100;
const maxChars = 2_000_000;
/** If the engine has no time limit of its own: then it may be stored later, and a redelivery is a duplicate. */
const insertMs = 2_000;
