import { inboxCases } from '@twenty-webhooks/testing';
import { expect, test, vi } from 'vitest';
import { openInbox } from './testdata/open-wrong-inbox.ts';
import { createSqliteStorage } from './testdata/sqlite-storage.ts';
import type { wrongInboxes } from './testdata/wrong-inboxes.ts';

vi.setConfig({ testTimeout: 90_000 });

// `describeInbox` seen red where a file and other processes matter: each wrong inbox fails the named case, for the named
// reason. That sqliteInbox passes all cases is the business of `describe-inbox.test.ts`.

const stale = 'isStale: a newer updatedAt of this record was handled by this handler; in all other cases false';

const teeth: { readonly [Name in keyof typeof wrongInboxes]: readonly [caseName: string, why: RegExp] } = {
  answersBeforeCommit: [
    'killed right after an answer: every acknowledged event is handled later',
    /events that were handled: .*- +'evt_/s,
  ],
  storesJobByJob: [
    'killed with many deliveries in flight: every acknowledged event is handled later, by all of its handlers',
    /events of which jobs are missing/,
  ],
  remembersInItsProcess: [
    'of 50 deliveries of one event at two inboxes exactly one is accepted, and it is handled once',
    /'accepted',\s+\+ +'accepted'/,
  ],
  saysDuplicateInAnOutage: [
    'while the storage is out: INBOX_UNAVAILABLE in bounded time, nothing stored, and afterwards all goes on',
    /'duplicate'/,
  ],
  saysAcceptedInAnOutage: [
    'while the storage is out: INBOX_UNAVAILABLE in bounded time, nothing stored, and afterwards all goes on',
    /'accepted'/,
  ],
  hasNoLeases: [
    'a handler that takes longer than the lease runs once, though another inbox is working',
    /runs: .*\+ +2,/s,
  ],
  neverLooksForTheLost: [
    'killed in a handler: others wait until its lease is over, then run the job, and the crash was an attempt',
    /jobs done after the crash: .*2 !== 3/s,
  ],
  neverRenews: [
    'a handler that takes longer than the lease runs once, though another inbox is working',
    /runs: .*\+ +2,/s,
  ],
  neverSeesThatItWasLost: [
    'a process that stood still for longer than its lease: another runs its job, its own run is aborted',
    /1 × aborted in a process of its own: not within/,
  ],
  countsNoCrashes: [
    'killed in a handler in the last attempt: the job is dead, and does not kill the next process',
    /\+ +'done'/,
  ],
  attemptsNeverEnd: ['a job whose attempts are used up is dead, and is not run again', /ends: .*\+ +'dead 4'/s],
  jobsWithoutHandlerLoop: [
    'a job whose handler is gone is dead as HANDLER_MISSING at once, and runs when it is back',
    /ends: .*\+ +'dead 2'/s,
  ],
  runsAllAgainWhenOneFails: [
    'each handler has a job of its own: only the one that fails is run again',
    /\+ +'(\*|person\.\*)'/,
  ],
  claimsTheNewestFirst: [
    'jobs of one record for one handler: a backlog is worked off the oldest first',
    /order of the runs/,
  ],
  goesOnWithTheNewest: [
    'jobs of one record for one handler: one after the other, the oldest first',
    /order of the runs/,
  ],
  runsRecordsTogether: [
    'jobs of one record for one handler: one after the other also if two inboxes run them',
    /\+ +'done 2'|\+ +'dead 3'/,
  ],
  holdsUpForRetries: [
    'a retry that waits does not hold up the newer event, and is stale afterwards',
    // Held up for longer than is waited for, or the retry came first: its clock has whole seconds.
    /jobs done: .*0 !== 2|^runs: .*\+ +2,/s,
  ],
  nothingIsStale: ['a retry that waits does not hold up the newer event, and is stale afterwards', /- +true/],
  staleForAllRecords: [stale, /isStale: /],
  staleAtTheSameTime: [stale, /isStale: of the same time/],
  staleByWhatFailed: [stale, /isStale: an older one/],
  forgetsWhatIsStaleAtTheEnd: ['isStale remembers across a restart', /\+ +false/],
  reserialises: ['the stored bytes are the received bytes, whatever JSON they are', /other bytes than/],
  losesFacts: ['the facts of the delivery are the same after a restart', /\+ +signedAtMs: undefined/],
  dropsWhatRunsAtClose: [
    'what does not finish in graceMs is aborted, given back at once, and the run does not count',
    /jobs given back: .*\+ +\[\]/s,
  ],
  keepsWhatRunsAtClose: [
    'what does not finish in graceMs is aborted, given back at once, and the run does not count',
    /jobs given back: .*\+ +\[\]/s,
  ],
  countsWhatItGaveBack: [
    'what does not finish in graceMs is aborted, given back at once, and the run does not count',
    /attempts: .*\+ +2/s,
  ],
  dropsWhatWaitsAtClose: [
    'what was done at close is not run again, what waited is run by the next inbox',
    /jobs that waited: .*0 !== 2/s,
  ],
  acceptsWhileClosing: [
    'a delivery that comes while it closes is stored or refused, never lost',
    /events that were handled: .*- +'evt_/s,
  ],
  seesOnlyItsOwn: ['one inbox receives, another works: what comes in later is found, too', /1 !== 2/],
  looksNowAndThen: ['a new job starts within 50 ms of its answer', /until they started: /],
};

const table = Object.entries(teeth).map(([wrong, [name, why]]) => ({ wrong, name, why }));

test.each(table)('an inbox that is wrong ($wrong) fails: $name', async ({ wrong, name, why }) => {
  const cases = inboxCases({
    createStorage: () => createSqliteStorage(openInbox, `inbox.${wrong}.sqlite`),
    childModule: new URL('./testdata/open-wrong-inbox.ts', import.meta.url).href,
    leaseMs: 1_000,
    // What never happens need not be waited for so long here.
    patienceMs: 2_000,
  });
  const found = cases.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no case named ${name}`);
  await expect(found.run()).rejects.toThrow(why);
});
