import { describeWith } from '@twenty-webhooks/services';
import { inboxCases } from '@twenty-webhooks/testing';
import { afterAll, expect, test, vi } from 'vitest';
import { findTestRedis } from '../test/find-test-redis.ts';
import { openInbox } from './testdata/open-wrong-inbox.ts';
import { createRedisStorage } from './testdata/redis-storage.ts';
import type { wrongInboxes } from './testdata/wrong-inboxes.ts';

vi.setConfig({ testTimeout: 90_000 });

// `describeInbox` seen red on BullMQ: each wrong inbox fails the named case, for the named reason. That redisInbox passes
// all cases is the business of `describe-inbox.test.ts`.

const outage =
  'while the storage is out: INBOX_UNAVAILABLE in bounded time, nothing stored, and afterwards all goes on';
const redelivery = 'a redelivery is a duplicate, whether its job waits, runs, is done or is dead';
const fails = 'a handler that fails is run again with a growing attempt and one idempotencyKey, until it returns';
const lost = 'killed in a handler: others wait until its lease is over, then run the job, and the crash was an attempt';
const grace = 'what does not finish in graceMs is aborted, given back at once, and the run does not count';

const teeth: { readonly [Name in keyof typeof wrongInboxes]: readonly [caseName: string, why: RegExp] } = {
  answersBeforeItIsStored: [
    'killed right after an answer: every acknowledged event is handled later',
    /events that were handled: .*- +'evt_/s,
  ],
  storesJobByJob: [
    'killed with many deliveries in flight: every acknowledged event is handled later, by all of its handlers',
    /events of which jobs are missing/,
  ],
  saysNewByTheId: [
    'of 50 deliveries of one event at once exactly one is accepted, and it is handled once',
    /'accepted',\s+\+ +'accepted'/,
  ],
  checksThenAdds: [
    'of 50 deliveries of one event at once exactly one is accepted, and it is handled once',
    /'accepted',\s+\+ +'accepted'/,
  ],
  saysDuplicateInAnOutage: [outage, /duplicate/],
  waitsForRedis: [outage, /'duplicate'|accepted expected: duplicate/],
  forgetsWhatIsDone: [redelivery, /accepted/],
  forgetsWhatIsDead: [redelivery, /accepted/],
  triesOnce: [fails, /- +'done 4'/],
  countsNoCrashes: [lost, /attempt: 1/],
  countsWhatItGaveBack: [grace, /attempts: .*\+ +2/s],
  neverLooksForTheLost: [lost, /jobs done after the crash: .*2 !== 3/s],
  neverRenews: ['a handler that takes longer than the lease runs once, though another inbox is working', /runs: /],
  neverSeesThatItWasLost: [
    'a process that stood still for longer than its lease: another runs its job, its own run is aborted',
    /1 × aborted in a process of its own: not within/,
  ],
  keepsWhatRunsAtClose: [grace, /jobs given back: .*\+ +\[\]/s],
  nothingIsStale: ['a retry that waits does not hold up the newer event, and is stale afterwards', /- +true/],
};

const table = Object.entries(teeth).map(([wrong, [name, why]]) => ({ wrong, name, why }));

describeWith(await findTestRedis(), 'the suite refuses inboxes on BullMQ that are wrong', (server) => {
  afterAll(() => server.close());

  const isRun = ({ name }: { readonly name: string }): boolean => name !== outage || server.breakDown !== undefined;
  test.each(table.filter(isRun))('$wrong fails: $name', async ({ wrong, name, why }) => {
    const cases = inboxCases({
      lacks: ['order', 'inspection'],
      createStorage() {
        const storage = createRedisStorage(server, openInbox);
        const location = `${storage.location}#${wrong}`;
        return { ...storage, location, open: (settings) => openInbox(location, settings) };
      },
      childModule: new URL('./testdata/open-wrong-inbox.ts', import.meta.url).href,
      leaseMs: 1_000,
      // What never happens need not be waited for so long here.
      patienceMs: 2_000,
    });
    const found = cases.find((one) => one.name === name);
    if (found === undefined) throw new Error(`no case named ${name}`);
    await expect(found.run()).rejects.toThrow(why);
  });
});
