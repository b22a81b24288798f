import {
  checkOptions,
  hasFunctions,
  type Inbox,
  type InboxInspection,
  isText,
  type JobWorker,
  type Logger,
  numberFrom,
  type OptionCheck,
  WebhookError,
  wholeNumberFrom,
  within,
} from '@twenty-webhooks/core';
import type { PgBoss } from 'pg-boss';
import { BossConnection } from './boss-connection.ts';
import { BossWorker } from './boss-worker.ts';
import { createComplaints } from './complaints.ts';
import { GroupedPuts } from './grouped-puts.ts';
import { inspectBoss } from './inspect-boss.ts';
import { shortestLeaseMs } from './postgres-settings.ts';

/** Either `connectionString` or `boss`. */
export interface PostgresInboxOptions {
  /** `postgres://user:password@host:5432/database`. The inbox makes a pg-boss of its own. */
  readonly connectionString?: string | undefined;
  /** A pg-boss that you have configured, started or not. Whoever made it stops it, after the receiver. */
  readonly boss?: BossLike | undefined;
  /** Schema of pg-boss's tables; with `boss` the one that it was made with. @default 'pgboss' */
  readonly schema?: string | undefined;
  /** Name of the queue in pg-boss: receivers with other handlers need another one. @default 'twenty-webhooks' */
  readonly queue?: string | undefined;
  /** How many handlers run at the same time in this process. @default 10 */
  readonly concurrency?: number | undefined;
  /**
   * If a process dies, its jobs can be run again after this, rounded up to seconds; pg-boss wants 10 at least. Renewed while
   * handlers run, by the event loop. What the process had that received a job counts. @default 10 000
   */
  readonly leaseMs?: number | undefined;
  /** A handler that takes longer has failed: its signal aborts, the job is tried again. Under a day. @default 900 000 */
  readonly runTimeoutMs?: number | undefined;
  /** How long jobs that are done are kept, and a redelivery is known as a duplicate. From 1 to 3 650. @default 30 */
  readonly retentionDays?: number | undefined;
  /** For warnings about the set-up of Postgres, and what goes wrong in the background. @default that of the receiver once it works, until then `console` */
  readonly logger?: Logger | undefined;
}

/**
 * A `PgBoss`, said by what is used of it: pg-boss's own types want `@types/pg`, and `skipLibCheck`.
 */
export type BossLike = Readonly<Record<(typeof bossFunctions)[number], (...values: never[]) => unknown>>;

export interface PostgresInbox extends Inbox {
  readonly inspection: InboxInspection;
  /**
   * Resolves when Postgres can be used. Rejects if it cannot be used now, and says what to do: `INBOX_INVALID` needs somebody
   * (a wrong password, a missing right), `INBOX_UNAVAILABLE` may pass. It goes on trying in both cases.
   */
  ready(): Promise<void>;
}

/**
 * An inbox in a Postgres database, shared by any number of machines: a thin layer on pg-boss, whose dashboard shows its jobs.
 * It connects at once and keeps the process alive until `close`. Put and run survive the end of every process; a power cut of
 * the server as far as `synchronous_commit` is on there.
 *
 * @throws OPTION_INVALID
 * @example
 * createReceiver({ inbox: postgresInbox({ connectionString: 'postgres://localhost/app' }), on: {} });
 */
export function postgresInbox(options: PostgresInboxOptions): PostgresInbox {
  checkOptions(options, checks, ' of postgresInbox');
  const { connectionString, boss } = options;
  if ((connectionString === undefined) === (boss === undefined)) {
    throw new WebhookError('OPTION_INVALID', 'postgresInbox needs either "connectionString" or "boss"');
  }
  const { schema = 'pgboss', queue = 'twenty-webhooks', concurrency = 10, leaseMs = shortestLeaseMs } = options;
  const { runTimeoutMs = 900_000, retentionDays = 30, logger } = options;
  const leaseSeconds = Math.ceil(leaseMs / 1_000);
  const retentionSeconds = Math.ceil(retentionDays * 24 * 60 * 60);
  const settings = { schema, queue, concurrency, leaseSeconds, runTimeoutMs, retentionSeconds };

  const complaints = createComplaints(logger ?? console);
  const connection = new BossConnection((boss as PgBoss | undefined) ?? String(connectionString), settings, complaints);
  const puts = new GroupedPuts(connection, settings);
  let worker: BossWorker | undefined;
  let closing: Promise<void> | undefined;

  async function close(graceMs: number): Promise<void> {
    const last = puts.close();
    await worker?.close(graceMs);
    await within(lastPutMs, last);
    await connection.close();
  }

  return {
    put: (entry, { timeoutMs }) => puts.put(entry, timeoutMs),
    work(given: JobWorker) {
      if (closing !== undefined) throw new WebhookError('INBOX_UNAVAILABLE', 'The inbox is closed');
      if (worker !== undefined) {
        throw new WebhookError('OPTION_INVALID', 'This inbox has a receiver already: make one inbox for each receiver');
      }
      if (logger === undefined) complaints.logger = given.logger;
      worker = new BossWorker(connection, settings, given);
      puts.onStored = () => worker?.look();
    },
    close({ graceMs = 5_000 } = {}) {
      closing ??= close(graceMs);
      return closing;
    },
    ready: () => connection.ready(),
    inspection: inspectBoss(connection, settings, {
      settle: async () => worker?.flushed(),
      woken: () => worker?.look(),
    }),
  };
}

const bossFunctions = [
  'start',
  'on',
  'off',
  'getDb',
  'getQueue',
  'createQueue',
  'updateQueue',
  'insert',
  'fetch',
  'complete',
  'fail',
  'touch',
] as const;

/** For puts that are on their way to the server. */
const lastPutMs = 2_000;

const checks: { readonly [Name in keyof PostgresInboxOptions]-?: OptionCheck } = {
  connectionString: [isText, 'a text'],
  boss: [hasFunctions(...bossFunctions), 'a PgBoss'],
  schema: [(value) => isText(value) && /^[a-z_][a-z0-9_]{0,49}$/.test(value as string), 'a name in lower case'],
  queue: [
    (value) => isText(value) && /^[\w./-]{1,200}$/.test(value as string),
    'a name of letters, digits and _ . - /',
  ],
  concurrency: wholeNumberFrom(1),
  leaseMs: numberFrom(shortestLeaseMs),
  runTimeoutMs: [
    (value) => typeof value === 'number' && value >= 1 && value <= 86_000_000,
    'a number from 1 to 86000000, since pg-boss ends jobs after a day',
  ],
  retentionDays: [(value) => typeof value === 'number' && value >= 1 && value <= 3_650, 'a number from 1 to 3650'],
  logger: [hasFunctions('warn', 'error'), 'an object with warn and error'],
};
