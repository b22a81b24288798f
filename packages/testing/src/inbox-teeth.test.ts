import { expect, test } from 'vitest';
import { inboxCases } from './inbox-suite/describe-inbox.ts';
import { caseNamed } from './testdata/case-named.ts';
import { wrongInboxes } from './testdata/wrong-inboxes.ts';

// The suite seen red, as far as that needs no disk and no second process: sqliteInbox has the rest.

const teeth: { readonly [Name in keyof typeof wrongInboxes]: readonly [caseName: string, why: RegExp] } = {
  waitsForHandlers: [
    'an answer waits for no handler, and every accepted event is handled',
    /accepted expected: failed INBOX_UNAVAILABLE/,
  ],
  checksThenInserts: [
    'of 50 deliveries of one event at once exactly one is accepted, and it is handled once',
    /(\+ +'accepted',\s+){9}/,
  ],
  takesAHandlerAddedLaterForKnown: [
    'a handler added later: a redelivery is accepted for it alone, then a duplicate',
    /accepted expected: duplicate/,
  ],
  runsAllForAHandlerAddedLater: [
    'a handler added later: a redelivery is accepted for it alone, then a duplicate',
    /runs: .*\+ +'\*'/s,
  ],
  forgetsTheWorkspace: ['the same id in two workspaces is two events', /accepted expected: duplicate/],
  storesJobByJob: ['the jobs of an event are there together or not at all, whenever one looks', /jobs of one event/],
  forgetsWhatDied: [
    'a redelivery is a duplicate, whether its job waits, runs, is done or is dead',
    /\+ +'accepted',\s+-? +'duplicate'/,
  ],
  swallowsErrors: [
    'a handler that fails is run again with a growing attempt and one idempotencyKey, until it returns',
    /'done 1'/,
  ],
  attemptsNeverEnd: ['a job whose attempts are used up is dead, and is not run again', /'dead 3'/],
  givesUpAtOnce: ['each handler has a job of its own: only the one that fails is run again', /- +'\*\.\*',/],
  doesNotWaitForRetries: [
    'the time between two attempts grows, and is at least half of what is asked for',
    /ms between attempts/,
  ],
  alwaysSaysFirstAttempt: [
    'a handler that fails is run again with a growing attempt and one idempotencyKey, until it returns',
    /'dead 9'/,
  ],
  hasANewKeyForEachRun: [
    'a handler that fails is run again with a growing attempt and one idempotencyKey, until it returns',
    /\w{64} 1'/,
  ],
  retriesTheHopeless: ['a job that throws NonRetryableError is dead at once', /'dead 3'/],
  ignoresRetryAfter: [
    'RetryAfterError sets the time of the next attempt, longer or shorter than it would be',
    /ms instead of 400/,
  ],
  takesEverythingForAnError: [
    'whatever a handler throws, it is a failed run, and the inbox tells what it was',
    /Cannot read properties/,
  ],
  waitsForTheOnesBefore: ['a handler that never returns holds up nobody else', /0 !== 10/],
  runsAsManyAsThereAre: ['no more handlers run at once than asked for, and all places are used', /20 !== 4/],
  leavesAPlaceEmpty: [
    'no more handlers run at once than asked for, and all places are used',
    /four runs at once: not within/,
  ],
  jobsWithoutHandlerLoop: [
    'a job whose handler is gone is dead as HANDLER_MISSING at once, and runs when it is back',
    /- +'dead 1',/,
  ],
  logsSuccess: ['each failed run is a line in the log, a successful one is none', /handled/],
  logsBodies: ['the same id in two workspaces is two events', /"canary-body-\w+" is in the log/],
  writesToTheConsole: ['a job that throws NonRetryableError is dead at once', /lines on the console/],
  startsSlowly: ['a new job starts within 50 ms of its answer', /until they started: ([5-9]\d|\d{3})/],
  runsRecordsTogether: ['jobs of one record for one handler: one after the other, the oldest first', /\+ +'dead 3'/],
  holdsUpOtherRecords: [
    'a handler that runs holds up neither other records nor other handlers of the record',
    /the other record: not within/,
  ],
  nothingIsStale: [
    'a retry that waits does not hold up the newer event, and is stale afterwards',
    /2,\s+\+ +false\s+- +true/,
  ],
  staleForAllHandlers: [staleCase(), /isStale: an older one/],
  staleForAllObjects: [staleCase(), /isStale: another object/],
  staleForAllWorkspaces: [staleCase(), /isStale: another workspace/],
  staleForAllRecords: [staleCase(), /isStale: another record/],
  staleAtTheSameTime: [staleCase(), /isStale: of the same time/],
  staleWithoutTime: [staleCase(), /isStale: without a time/],
  staleByWhatFailed: [staleCase(), /isStale: an older one/],
  reserialises: ['the stored bytes are the received bytes, whatever JSON they are', /the id of the event/],
  cutsBodies: ['a body of 5 MiB is kept whole', /- +'evt_/],
  changesTheEventOfARetry: ['an event is the same in every attempt', /the event: .*'changed'/s],
  keepsParsedEvents: ['a handler that changes its event changes it for nobody else', /what handlers saw: .*'changed'/s],
  losesTheNonce: ['the facts of the delivery are the same in every attempt, for every scheme and secret', /nonce/],
  losesTheSecretIndex: [
    'the facts of the delivery are the same in every attempt, for every scheme and secret',
    /secretIndex: 0/,
  ],
  receivesAgainAtEachRun: [
    'the facts of the delivery are the same in every attempt, for every scheme and secret',
    /\+ +receivedAtMs/,
  ],
  judgesTheTimeAgain: [
    'the time window is judged at receipt: a delivery of last year still runs',
    /deliveries of the runs: .*\+ \[\]/s,
  ],
  losesTheHeaders: [
    'the inspection shows the facts and the headers of a delivery, and no signature',
    /headers: .*- +'content-type'/s,
  ],
  closesWithoutWaiting: ['close lets running handlers finish, and claims nothing new', /aborted before graceMs/],
  closesWhenAllIsDone: ['close lets running handlers finish, and claims nothing new', /jobs that were done/],
  closesWhenTheLastReturns: ['a handler that never returns holds up nobody else', /close: not within/],
  takesDeliveriesAfterClose: ['after close a delivery is INBOX_UNAVAILABLE, and a second close is nothing', /accepted/],
  neverStarts: ['with work: false it only receives, until start()', /- +'done'/],
  countsTheRunningAsWaiting: ['counts says how many jobs are in each state', /\+ +running: 0/],
  listsTheOldestFirst: ['list gives the newest first, by state, object and handler, without bodies', /\+ +0,\s+\+ +1/],
  listsAllObjects: ['list gives the newest first, by state, object and handler, without bodies', /\+ +5,/],
  listsPagesThatOverlap: ['list gives pages: limit, and before with the key of the last job', /pages: .*\+ +'\w{64}'/s],
  listsBodies: ['list gives the newest first, by state, object and handler, without bodies', /a body is in the list/],
  hidesErrors: ['a job tells what it is, where it stands, and why it failed', /- +'NON_RETRYABLE'/],
  retriesNothing: ['retry runs a dead job again, with all its attempts, and a waiting one now', /1,\s+2,?\s+- +1/],
  retriesAll: ['retry with a filter runs those that fit again, and no others', /2 !== 0/],
  forgetsKeysOnPurge: ['purge forgets what is finished, but their keys stay known', /a redelivery: .*'accepted'/s],
};

function staleCase(): string {
  return 'isStale: a newer updatedAt of this record was handled by this handler; in all other cases false';
}

const table = Object.entries(teeth).map(([wrong, [name, why]]) => ({ wrong, name, why }));

test.each(table)('an inbox that is wrong ($wrong) fails: $name', async ({ wrong, name, why }) => {
  const cases = inboxCases(wrongInboxes[wrong as keyof typeof wrongInboxes]);
  await expect(caseNamed(cases, name).run()).rejects.toThrow(why);
});
