import { randomUUID } from 'node:crypto';
import { createDatabase, describeWith, findPostgres } from '@twenty-webhooks/services';
import { PgBoss } from 'pg-boss';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeLast, releaseJobs, retryLater } from './job-changes.ts';

describeWith(await findPostgres(), 'changes of jobs', ({ url, close }) => {
  const database = createDatabase(url);
  let boss: PgBoss;
  beforeAll(async () => {
    boss = new PgBoss({ connectionString: (await database).url, supervise: false, schedule: false });
    boss.on('error', () => {});
    await boss.start();
  });
  afterAll(async () => {
    await boss.stop({ graceful: false });
    await (await database).drop();
    await close();
  });

  const changes: Record<
    string,
    (place: { schema: string; queue: string }, attempt: { id: string; retryCount: number }) => Promise<void>
  > = {
    releaseJobs: (place, attempt) => releaseJobs(boss.getDb(), place, [attempt]),
    retryLater: (place, attempt) =>
      retryLater(boss.getDb(), place, { attempt, delayMs: 1_000, output: { message: 'no' } }),
    makeLast: (place, attempt) => makeLast(boss.getDb(), place, attempt),
  };

  it.each(Object.entries(changes))('%s touches only the run that it is for', async (_name, change) => {
    const place = { schema: 'pgboss', queue: randomUUID() };
    await boss.createQueue(place.queue, { policy: 'singleton', retryLimit: 5, retryDelay: 0 });
    await boss.insert(place.queue, [{ data: {} }]);
    const [job] = await boss.fetch(place.queue);
    const attempt = { id: String(job?.id), retryCount: 0 };
    const row = async (): Promise<unknown> =>
      (await boss.getDb().executeSql('SELECT * FROM pgboss.job WHERE name = $1', [place.queue])).rows;
    const held = await row();
    await change(place, { ...attempt, retryCount: 1 });
    await change({ ...place, queue: 'another' }, attempt);
    expect(await row()).toEqual(held);
    await change(place, attempt);
    const changed = await row();
    expect(changed).not.toEqual(held);
    // Whoever comes too late changes nothing any more, whatever the job is now.
    await boss.complete(place.queue, attempt.id, {}, { includeQueued: true });
    const done = await row();
    await change(place, attempt);
    expect(await row()).toEqual(done);
  });

  it('a job that is run again later is waiting, and knows why', async () => {
    const place = { schema: 'pgboss', queue: randomUUID() };
    await boss.createQueue(place.queue, { policy: 'singleton', retentionSeconds: 100 });
    await boss.insert(place.queue, [{ data: {} }]);
    const [job] = await boss.fetch(place.queue);
    const attempt = { id: String(job?.id), retryCount: 0 };
    const now = Date.now();
    await retryLater(boss.getDb(), place, { attempt, delayMs: 50_000, output: { message: 'no' } });
    const [found] = await boss.findJobs(place.queue, { id: attempt.id });
    expect(found).toMatchObject({ state: 'retry', output: { message: 'no' } });
    expect(Number(found?.startAfter) - now).toBeGreaterThan(45_000);
    // pg-boss deletes what waits longer; that counts from the new time.
    expect(Number(found?.keepUntil) - Number(found?.startAfter)).toBeGreaterThan(95_000);
    expect(await boss.fetch(place.queue)).toEqual([]);
  });
});
