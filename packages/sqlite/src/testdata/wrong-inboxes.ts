import { setTimeout as sleep } from 'node:timers/promises';
import {
  type ClaimedRows,
  type EmbeddedInboxOptions,
  embeddedInbox,
  type Inbox,
  type JobTable,
  type Settlement,
} from '@twenty-webhooks/core';
import { type Database, openDatabase } from '../open-database.ts';
import { createSqliteJobs } from '../sqlite-jobs.ts';

/** Inboxes on a disk as people write them. Each is wrong in one way, which its name says; `pnpm test` sees the suite refuse it. */
export const wrongInboxes = {
  answersBeforeCommit: wrongInbox((inbox) => ({
    async put(entry, options) {
      // Late enough for a process that is slow to die.
      setTimeout(() => void inbox.put(entry, options).catch(() => {}), 500);
      return new Set(entry.jobs.map(({ key }) => key));
    },
  })),
  storesJobByJob: wrongInbox((inbox) => {
    let puts = 0;
    return {
      async put(entry, options) {
        // Each event is slower than the one before: when one has its answer, those after it are between two of their jobs.
        const pauseMs = 20 * ++puts;
        const stored = new Set<string>();
        for (const [index, job] of entry.jobs.entries()) {
          if (index > 0) await sleep(pauseMs);
          for (const key of await inbox.put({ ...entry, jobs: [job] }, options)) stored.add(key);
        }
        return stored;
      },
    };
  }),
  remembersInItsProcess: wrongInbox((inbox) => {
    const own = Math.random();
    return {
      async put(entry, options) {
        const jobs = entry.jobs.map(({ key, handler }) => ({ key: `${key} ${own}`, handler }));
        const stored = await inbox.put({ ...entry, jobs }, options);
        return new Set(entry.jobs.filter(({ key }) => stored.has(`${key} ${own}`)).map(({ key }) => key));
      },
    };
  }),
  saysDuplicateInAnOutage: wrongInbox((inbox) => ({
    put: (entry, options) => inbox.put(entry, options).catch(() => new Set<string>()),
  })),
  saysAcceptedInAnOutage: wrongInbox((inbox) => ({
    put: (entry, options) => inbox.put(entry, options).catch(() => new Set(entry.jobs.map(({ key }) => key))),
  })),

  hasNoLeases: wrongTable((table) => ({
    hasExpired: () => true,
    recover: (workerId) => table.recover(workerId, Number.MAX_SAFE_INTEGER),
  })),
  neverLooksForTheLost: wrongTable(() => ({ hasExpired: () => false })),
  neverRenews: wrongTable((table) => ({
    renew: (workerId, isNew, untilMs) => !isNew || table.renew(workerId, isNew, untilMs),
  })),
  neverSeesThatItWasLost: wrongTable((table) => ({
    renew: (workerId, isNew, untilMs) => table.renew(workerId, isNew, untilMs) || true,
  })),
  countsNoCrashes: wrongSql(
    /SET state = 'waiting', worker = NULL\s+WHERE state = 'running'/,
    "SET state = 'waiting', worker = NULL, attempt = attempt - 1 WHERE state = 'running'",
  ),
  attemptsNeverEnd: wrongEnd((end) => ('error' in end ? { ...end, state: 'retry', delayMs: 10 } : end)),
  jobsWithoutHandlerLoop: wrongEnd((end) =>
    'error' in end && end.error.code === 'HANDLER_MISSING' ? { ...end, state: 'retry', delayMs: 10 } : end,
  ),
  runsAllAgainWhenOneFails: wrongTable((table, { sqlite }) => ({
    settle(workerId, settlement, nowMs) {
      const isSettled = table.settle(workerId, settlement, nowMs);
      const again = sqlite.prepare(
        `UPDATE job SET state = 'waiting', attempt = 0
         WHERE state = 'done' AND delivery_id = (SELECT delivery_id FROM job WHERE id = ?)`,
      );
      if (settlement.end.state === 'retry') again.run(settlement.id);
      return isSettled;
    },
  })),

  claimsTheNewestFirst: wrongSql(
    "state = 'waiting' AND due_at <= ? ORDER BY due_at, id LIMIT",
    "state = 'waiting' AND due_at <= ? ORDER BY due_at DESC, id DESC LIMIT",
  ),
  goesOnWithTheNewest: wrongSql('ORDER BY due_at, id LIMIT 1)', 'ORDER BY due_at DESC, id DESC LIMIT 1)'),
  runsRecordsTogether: wrongSql(
    "SELECT 1 FROM job WHERE state = 'running' AND",
    "SELECT 1 FROM job WHERE state = 'never' AND",
  ),
  holdsUpForRetries: wrongSql(
    "SELECT 1 FROM job WHERE state = 'running' AND",
    "SELECT 1 FROM job WHERE (state = 'running' OR state = 'waiting' AND attempt > 0 AND due_at > unixepoch() * 1000) AND",
  ),
  nothingIsStale: wrongSql('AND changed_at > ? LIMIT 1', 'AND changed_at > ? AND FALSE LIMIT 1'),
  staleForAllRecords: wrongSql('lane = ? AND changed_at > ?', '? IS NOT NULL AND changed_at > ?'),
  staleAtTheSameTime: wrongSql('AND changed_at > ? LIMIT 1', 'AND changed_at >= ? LIMIT 1'),
  staleByWhatFailed: wrongSql(
    "WHERE state IN ('done', 'purged') AND changed_at IS NOT NULL",
    "WHERE state IN ('done', 'purged', 'dead') AND changed_at IS NOT NULL",
  ),
  forgetsWhatIsStaleAtTheEnd: wrongSql(
    "WHERE state IN ('done', 'purged') AND changed_at IS NOT NULL",
    () => `WHERE state IN ('done', 'purged') AND finished_at >= ${Date.now()} AND changed_at IS NOT NULL`,
  ),

  reserialises: wrongInbox((inbox) => ({
    put(entry, options) {
      const body = Buffer.from(JSON.stringify(JSON.parse(Buffer.from(entry.body).toString())));
      return inbox.put({ ...entry, body }, options);
    },
  })),
  losesFacts: wrongSql('secret_index, signed_at, nonce, body', 'secret_index, NULL AS signed_at, nonce, body'),

  dropsWhatRunsAtClose: wrongEnd((end) => (end.state === 'released' ? { state: 'done' } : end)),
  keepsWhatRunsAtClose: wrongTable((table) => ({
    settle: (workerId, settlement, nowMs) =>
      settlement.end.state === 'released' || table.settle(workerId, settlement, nowMs),
  })),
  countsWhatItGaveBack: wrongEnd((end) =>
    end.state === 'released' ? { state: 'retry', delayMs: 0, error: { name: 'Error', message: 'closed' } } : end,
  ),
  dropsWhatWaitsAtClose: wrongTable((table, { sqlite }) => ({
    close() {
      sqlite.exec("UPDATE job SET state = 'done', finished_at = 0 WHERE state = 'waiting'");
      table.close();
    },
  })),
  acceptsWhileClosing: wrongInbox((inbox) => {
    let isClosing = false;
    return {
      put: (entry, options) =>
        isClosing ? Promise.resolve(new Set(entry.jobs.map(({ key }) => key))) : inbox.put(entry, options),
      close(options) {
        isClosing = true;
        return inbox.close(options);
      },
    };
  }),
  // Of what others put in it sees only what is there when it starts.
  seesOnlyItsOwn: wrongTable((table) => {
    let own = 0;
    let looks = 0;
    return {
      watch: () => () => {},
      claim: (...parameters) => (looks++ > 0 && own === 0 ? nothing : table.claim(...parameters)),
      insert(entry, nowMs) {
        own++;
        return table.insert(entry, nowMs);
      },
      nextDueMs: () => (own === 0 ? undefined : table.nextDueMs()),
    };
  }),
  // What has just come is seen at the next look, however slow the one who sends is.
  looksNowAndThen: wrongTable((table) => ({
    claim: (workerId, limit, nowMs) => table.claim(workerId, limit, nowMs - 200),
    nextDueMs() {
      const dueMs = table.nextDueMs();
      return dueMs === undefined ? undefined : dueMs + 200;
    },
  })),
} satisfies Record<string, (path: string, options: EmbeddedInboxOptions) => Inbox>;

const nothing: ClaimedRows = { rows: [], left: 'nothing' };

type OpenInbox = (path: string, options: EmbeddedInboxOptions) => Inbox;

function wrongTable(spoil: (table: JobTable, database: Database) => Partial<JobTable>): OpenInbox {
  return (path, options) => {
    const database = openDatabase(path);
    const table = createSqliteJobs(database);
    return embeddedInbox(() => ({ ...table, ...spoil(table, database) }), options, 'wrongInbox');
  };
}

function wrongEnd(spoil: (end: Settlement['end']) => Settlement['end']): OpenInbox {
  return wrongTable((table) => ({
    settle: (workerId, settlement, nowMs) =>
      table.settle(workerId, { ...settlement, end: spoil(settlement.end) }, nowMs),
  }));
}

function wrongInbox(spoil: (inbox: Inbox) => Partial<Inbox>): OpenInbox {
  const open = wrongTable(() => ({}));
  return (path, options) => {
    const inbox = open(path, options);
    return {
      put: (entry, putOptions) => inbox.put(entry, putOptions),
      work: (worker) => inbox.work(worker),
      close: (closeOptions) => inbox.close(closeOptions),
      ...(inbox.inspection !== undefined && { inspection: inbox.inspection }),
      ...spoil(inbox),
    };
  };
}

/** Wrong in one of its statements. */
function wrongSql(from: string | RegExp, to: string | (() => string)): OpenInbox {
  return (path, options) => {
    const database = openDatabase(path);
    const { sqlite } = database;
    const by = typeof to === 'string' ? to : to();
    let spoilt = 0;
    const prepare = sqlite.prepare.bind(sqlite);
    sqlite.prepare = (sql: string) => {
      const wrong = sql.replace(from, by);
      if (wrong !== sql) spoilt++;
      return prepare(wrong);
    };
    const table = createSqliteJobs(database);
    // Else the statement was changed since, and this inbox would be a right one.
    if (spoilt !== 1) throw new Error(`${spoilt} statements have ${from}`);
    return embeddedInbox(() => table, options, 'wrongInbox');
  };
}
