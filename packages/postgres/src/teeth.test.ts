import { randomUUID } from 'node:crypto';
import { createDatabase, describeWith, findPostgres } from '@twenty-webhooks/services';
import { type InboxSettings, inboxCases } from '@twenty-webhooks/testing';
import { PgBoss } from 'pg-boss';
import { afterAll, expect, it } from 'vitest';
import { postgresInbox } from './index.ts';

// The suite against a layer that uses pg-boss as one might have.

/** Another way to use it; what is not named stays. */
type Wrong = (boss: PgBoss) => Partial<Record<keyof PgBoss, unknown>>;

const wrongs: readonly [what: string, wrong: Wrong, expected: RegExp][] = [
  [
    'takes all jobs for new',
    (boss) => ({
      async insert(name: string, jobs: { id: string }[], options: object) {
        await boss.insert(name, jobs, options);
        return jobs.map(({ id }) => id);
      },
    }),
    /a redelivery is a duplicate, whether/,
  ],
  [
    'stores the jobs of an event one by one',
    (boss) => ({
      async insert(name: string, jobs: object[], options: object) {
        const ids: string[] = [];
        for (const job of jobs) ids.push(...((await boss.insert(name, [job], options)) ?? []));
        return ids;
      },
    }),
    /together or not at all/,
  ],
  [
    'uses a queue without a policy',
    (boss) => ({
      createQueue: (name: string, options: object) => boss.createQueue(name, { ...options, policy: 'standard' }),
      getQueue: async (name: string) => {
        const queue = await boss.getQueue(name);
        return queue && { ...queue, policy: 'singleton' };
      },
    }),
    /one after the other/,
  ],
  [
    'settles without knowing whether the job is still its own',
    (boss) => ({
      touch: async (_name: string, jobs: { id: string }[]) => ({ settled: jobs.map(({ id }) => id) }),
      complete: (name: string, jobs: { id: string }[]) =>
        boss.complete(
          name,
          jobs.map(({ id }) => id),
        ),
    }),
    /takes longer than the lease/,
  ],
];

describeWith(await findPostgres(), 'describeInbox has teeth for what is wrong with pg-boss', ({ url, close }) => {
  const database = createDatabase(url);
  afterAll(async () => {
    await (await database).drop();
    await close();
  });

  async function createStorage(wrong: Wrong) {
    const { url: connectionString } = await database;
    const queue = randomUUID();
    const opened: PgBoss[] = [];
    return {
      location: queue,
      open(settings: InboxSettings) {
        const boss = new PgBoss({
          connectionString,
          schedule: false,
          superviseIntervalSeconds: 1,
          monitorIntervalSeconds: 1,
          registerInstance: false,
        });
        boss.on('error', () => {});
        opened.push(boss);
        const changed = wrong(boss);
        const bent = new Proxy(boss, {
          get(target, name) {
            const own: unknown = changed[name as keyof PgBoss] ?? target[name as keyof PgBoss];
            return typeof own === 'function' ? own.bind(target) : own;
          },
        });
        return postgresInbox({ boss: bent, queue, ...settings, logger: { warn() {}, error() {} } });
      },
      async close() {
        for (const boss of opened) await boss.stop({ graceful: false });
      },
    };
  }

  const failing = async (wrong: Wrong, expected: RegExp): Promise<string[]> => {
    const failed: string[] = [];
    const fixture = { lacks: ['crash', 'outage'] as const, leaseMs: 10_000, createStorage: () => createStorage(wrong) };
    const cases = inboxCases(fixture).filter(({ name }) => expected.test(name));
    expect(cases).not.toEqual([]);
    // At the same time: most of them wait for leases.
    await Promise.all(cases.map(({ name, run }) => run().catch(() => failed.push(name))));
    return failed;
  };

  it.each(wrongs)(
    'against one that %s',
    async (_what, wrong, expected) => {
      expect(await failing(wrong, expected)).not.toEqual([]);
    },
    120_000,
  );

  it('and the right one passes the same cases', async () => {
    const all = new RegExp(wrongs.map(([, , expected]) => expected.source).join('|'), 'i');
    expect(await failing(() => ({}), all)).toEqual([]);
  }, 180_000);
});
