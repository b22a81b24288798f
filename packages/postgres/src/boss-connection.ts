import { WebhookError, within } from '@twenty-webhooks/core';
import type pg from 'pg';
import { type Db, PgBoss, type Queue } from 'pg-boss';
import { boundedDb } from './bounded-db.ts';
import { checkServer } from './check-server.ts';
import type { Complaints } from './complaints.ts';
import { noLimit } from './job-changes.ts';
import { openPool } from './open-pool.ts';
import { explain, isQueueGone } from './postgres-errors.ts';
import type { PostgresSettings } from './postgres-settings.ts';
import { migrate } from './schema.ts';

/** pg-boss, once it can be used. */
export interface OpenBoss {
  readonly boss: PgBoss;
  /** For puts: gives up in time for an answer. */
  readonly putDb: Db;
  /** For workers: gives up a connection over which nothing comes back. */
  readonly workDb: Db;
  /** To look into it, which may take long. */
  readonly inspectDb: Db;
}

/**
 * Starts pg-boss and what it needs, and tries again until it can. After that `pg` connects again by itself.
 */
export class BossConnection {
  readonly #boss: PgBoss;
  /** Of our own, if pg-boss is: one for puts, which must not wait for the rest. */
  readonly #pools: { readonly put: pg.Pool; readonly work: pg.Pool } | undefined;
  readonly #settings: PostgresSettings;
  readonly #complaints: Complaints;
  #opened: OpenBoss | undefined;
  #attempt: Promise<void>;
  #failure: WebhookError | undefined;
  #timer: NodeJS.Timeout | undefined;
  #failures = 0;
  #isClosed = false;
  readonly #onOpen: ((opened: OpenBoss) => void)[] = [];

  constructor(given: string | PgBoss, settings: PostgresSettings, complaints: Complaints) {
    this.#settings = settings;
    this.#complaints = complaints;
    if (typeof given === 'string') {
      this.#boss = new PgBoss({ connectionString: given, schema: settings.schema, ...ownBoss });
      this.#pools = { put: openPool(given, 2, 'put'), work: openPool(given, 6, 'work') };
    } else {
      this.#boss = given;
    }
    // Without a listener an error ends the process.
    this.#boss.on('error', this.complain);
    this.#attempt = this.#open();
  }

  /** What can be used, or `undefined` until it can. */
  get opened(): OpenBoss | undefined {
    return this.#opened;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** If the queue is gone, make it again. */
  mend(cause: unknown): void {
    if (this.#isClosed || this.#opened === undefined || !isQueueGone(cause)) return;
    this.#opened = undefined;
    this.#attempt = this.#open();
  }

  /** Now, or as soon as it can be used. */
  whenOpen(use: (opened: OpenBoss) => void): void {
    if (this.#opened !== undefined) use(this.#opened);
    else this.#onOpen.push(use);
  }

  /** @throws INBOX_INVALID or INBOX_UNAVAILABLE after the attempt to start that is being made, if it fails */
  async ready(): Promise<void> {
    await this.#attempt;
    this.require();
  }

  /** @throws why it cannot be used */
  require(): OpenBoss {
    if (this.#isClosed) throw new WebhookError('INBOX_UNAVAILABLE', 'The inbox is closed');
    if (this.#opened !== undefined) return this.#opened;
    throw this.#failure ?? new WebhookError('INBOX_UNAVAILABLE', 'Postgres has not answered yet');
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#onOpen.length = 0;
    const pools = this.#pools;
    if (pools === undefined) {
      this.#boss.off('error', this.complain);
      return;
    }
    // A server that does not answer is not waited for; the listener for errors stays.
    const ending = [this.#boss.stop({ graceful: false }), pools.put.end(), pools.work.end()];
    await within(stopMs, Promise.allSettled(ending));
  }

  /** Something went wrong in the background, and will be tried again. */
  readonly complain = (cause: unknown): void => {
    if (!this.#isClosed) this.#complaints.complain('the inbox cannot use Postgres as it should; it tries again', cause);
  };

  async #open(): Promise<void> {
    const boss = this.#boss;
    try {
      await boss.start();
      const db = boss.getDb();
      await migrate({ query: (text, values) => db.executeSql(text, values) });
      await this.#makeQueue();
      // A pg-boss of the user's is the user's to set up; PGlite, for one, never syncs.
      if (this.#pools !== undefined) await checkServer(db, this.#complaints.logger);
      if (this.#isClosed) return;
      this.#opened = { boss, ...this.#dbsOf(db) };
      this.#failures = 0;
      for (const use of this.#onOpen.splice(0)) use(this.#opened);
    } catch (cause) {
      if (this.#isClosed) return;
      this.#failure = explain(cause);
      this.#complaints.complain(this.#failure.message);
      const delayMs = Math.min(maxRestartMs, 100 * 2 ** this.#failures++);
      this.#timer = setTimeout(() => {
        this.#attempt = this.#open();
      }, delayMs);
    }
  }

  #dbsOf(db: Db): Omit<OpenBoss, 'boss'> {
    const pools = this.#pools;
    if (pools === undefined) return { putDb: db, workDb: db, inspectDb: db };
    const [putDb, workDb] = [boundedDb(pools.put, putMs), boundedDb(pools.work, workMs)];
    return { putDb, workDb, inspectDb: boundedDb(pools.work, inspectMs) };
  }

  async #makeQueue(): Promise<void> {
    const { queue, leaseSeconds, retentionSeconds } = this.#settings;
    const { policy, ...options } = queueOptions(leaseSeconds, retentionSeconds);
    const found = await this.#boss.getQueue(queue);
    if (found === null) {
      await this.#boss.createQueue(queue, { policy, ...options });
    } else if (found.policy === policy && !found.deadLetter) {
      await this.#boss.updateQueue(queue, options);
    } else {
      throw new WebhookError(
        'INBOX_INVALID',
        `The queue ${JSON.stringify(queue)} was not made by this inbox: its policy is ${JSON.stringify(found.policy)} instead of "singleton", or it has a dead letter queue. Give another name in the option "queue"`,
      );
    }
  }
}

/** How often and how long is decided by `runJob` of core; pg-boss must neither give a job up nor delete it before. */
function queueOptions(leaseSeconds: number, retentionSeconds: number): Omit<Queue, 'name'> & { policy: string } {
  return {
    // One active job for each `singletonKey`, by a unique index.
    policy: 'singleton',
    heartbeatSeconds: leaseSeconds,
    retryLimit: noLimit,
    // After a lost lease; for all else the time is set.
    retryDelay: 1,
    retryBackoff: false,
    expireInSeconds: 24 * 60 * 60,
    // pg-boss deletes jobs that waited longer than this, without a word.
    retentionSeconds: 20 * 365 * 24 * 60 * 60,
    // Of what is done. Dead jobs are set to be kept.
    deleteAfterSeconds: retentionSeconds,
    // The inbox wakes workers itself, once for many jobs: NOTIFY in each insert halves their speed.
    notify: false,
  };
}

const ownBoss = {
  application_name: 'twenty-webhooks',
  // For its maintenance, and one to listen. What has to be done soon has connections of its own.
  max: 3,
  connectionTimeoutMillis: 5_000,
  keepAlive: true,
  // It may build an index when it is updated.
  query_timeout: 300_000,
  schedule: false,
  // A lost lease is found within this after it ran out.
  superviseIntervalSeconds: 1,
  monitorIntervalSeconds: 1,
  // Of what is older than the retention.
  maintenanceIntervalSeconds: 60 * 60,
};

/** An answer has to go out within 2 seconds. */
const putMs = 1_500;
/** Within a lease. */
const workMs = 5_000;
const inspectMs = 60_000;

const maxRestartMs = 1_000;
const stopMs = 2_000;
