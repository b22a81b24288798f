import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { accepted, type InboxProcess, monotonicMs, type Report } from '@twenty-webhooks/services';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type SqliteOrder, startSqliteProcess } from './start-sqlite-process.ts';
import { canTrace } from './sync-trace.ts';

// Several processes on one file: who receives need not work, who works may die, freeze or be busy.

let folder: string;
let path: string;
let started: InboxProcess[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'inbox-processes-'));
  path = join(folder, 'inbox.sqlite');
  started = [];
});
afterEach(async () => {
  await Promise.all(started.map((one) => one.kill()));
  rmSync(folder, { recursive: true });
});

const start = async (order: Omit<SqliteOrder, 'path'> = {}): Promise<InboxProcess> => {
  const one = await startSqliteProcess({ path, ...order });
  started.push(one);
  return one;
};
const startReceiver = (): Promise<InboxProcess> => start({ works: false });
const startWorker = (order: Omit<SqliteOrder, 'path'> = {}): Promise<InboxProcess> =>
  start({ receives: false, ...order });

type RunReport = Extract<Report, { id: string }>;
/** How runs went, without their times. */
const runsOf = ({ reports }: InboxProcess): string[] =>
  reports.flatMap((report) => ('id' in report ? [`${report.what} ${report.attempt}`] : []));
const beginningOf = ({ reports }: InboxProcess, id: string | undefined): RunReport | undefined =>
  reports.find((report): report is RunReport => report.what === 'began' && report.id === id);

test('a job begins within 50 ms of its answer, in another process', { timeout: 90_000 }, async () => {
  const [receiver, worker] = [await startReceiver(), await startWorker()];
  const delaysMs: number[] = [];
  const wholeMs: number[] = [];
  for (let index = 0; index < 20; index++) {
    // Long enough that it has nothing to do, at changing moments of what it does once a second.
    await sleep(150 + 17 * index);
    const sentAtMs = monotonicMs();
    const answered = await receiver.post();
    const answeredAtMs = monotonicMs();
    expect(answered).toSatisfy(accepted);
    await worker.until('the job begins', () => beginningOf(worker, answered.body.id) !== undefined);
    const beganAtMs = beginningOf(worker, answered.body.id)?.atMs ?? Number.NaN;
    // How long an answer takes is up to the machine.
    delaysMs.push(beganAtMs - answeredAtMs);
    wholeMs.push(beganAtMs - sentAtMs);
  }
  // The median, since others use the machine, too.
  const medianOf = (numbers: number[]) => numbers.sort((one, other) => one - other)[10];
  expect(medianOf(delaysMs)).toBeLessThan(50);
  expect(medianOf(wholeMs)).toBeLessThan(250);
});

describe('a worker with a running job', () => {
  // Whoever holds a job may be stopped for two seconds and has it still.
  const leaseMs = 4_000;

  test('that is killed: another one runs the job, once the lease is over', { timeout: 90_000 }, async () => {
    const receiver = await startReceiver();
    const killed = await startWorker({ handlerMs: 60_000, inbox: { leaseMs } });
    const { body } = await receiver.post();
    await killed.until('the job runs', () => beginningOf(killed, body.id) !== undefined);
    const other = await startWorker({ inbox: { leaseMs } });
    await sleep(leaseMs + 2_000);
    expect(runsOf(other)).toEqual([]);
    await killed.kill();
    const killedAtMs = monotonicMs();
    await other.until('the job is done', () => other.idsOf('done').length === 1);
    expect(runsOf(killed)).toEqual(['began 1']);
    expect(runsOf(other)).toEqual(['began 2', 'returned 2', 'done 2']);
    // Leases are renewed when a third of them is over, and others look once a second.
    const cameBackMs = (beginningOf(other, body.id)?.atMs ?? Number.NaN) - killedAtMs;
    expect(cameBackMs).toBeGreaterThan(leaseMs / 3);
    expect(cameBackMs).toBeLessThan(leaseMs + 1_000 + 4_000);
  });

  test('that blocks the event loop for 3 s keeps it, and it is done once', { timeout: 90_000 }, async () => {
    const receiver = await startReceiver();
    const busy = await startWorker({ blockMs: 3_000 });
    const { body } = await receiver.post();
    await busy.until('the job runs', () => beginningOf(busy, body.id) !== undefined);
    const other = await startWorker();
    await busy.until('the job is done', () => busy.idsOf('done').length === 1);
    await sleep(1_500);
    expect(runsOf(busy)).toEqual(['began 1', 'returned 1', 'done 1']);
    expect(runsOf(other)).toEqual([]);
    expect([...busy.log, ...other.log]).toEqual([]);
  });

  test('that blocks the event loop for longer than its lease loses it, and its end does not count', {
    timeout: 90_000,
  }, async () => {
    const receiver = await startReceiver();
    const busy = await startWorker({ blockMs: 6_000, inbox: { leaseMs: 1_000 } });
    // It is up already, but sees the job only when the busy one has it: to come up may take longer than that is busy.
    const other = await startWorker({ handlerMs: 6_000 });
    other.signal('SIGSTOP');
    let stored = await receiver.post();
    // If it was stopped in the middle of a transaction, nobody else can write.
    while (!accepted(stored)) {
      other.signal('SIGCONT');
      await sleep(100);
      other.signal('SIGSTOP');
      stored = await receiver.post();
    }
    const { body } = stored;
    await busy.until('the job runs', () => beginningOf(busy, body.id) !== undefined);
    other.signal('SIGCONT');
    await other.until('the job is done', () => other.idsOf('done').length === 1, 20_000);
    await busy.until('it says so', () => busy.log.length > 0);
    expect(runsOf(other)).toEqual(['began 2', 'returned 2', 'done 2']);
    expect(busy.log).toEqual([expect.stringContaining('lost their lease')]);
  });

  test('that is frozen for longer than its lease: another one runs the job, and the thawed one lets go', {
    timeout: 90_000,
  }, async () => {
    const receiver = await startReceiver();
    const frozen = await startWorker({ handlerMs: 60_000, inbox: { leaseMs: 1_500 } });
    const { body } = await receiver.post();
    await frozen.until('the job runs', () => beginningOf(frozen, body.id) !== undefined);
    const other = await startWorker({ handlerMs: 4_000 });
    frozen.signal('SIGSTOP');
    await other.until('the other one runs the job', () => beginningOf(other, body.id) !== undefined);
    frozen.signal('SIGCONT');
    await frozen.until('it lets go', () => frozen.idsOf('aborted').length === 1);
    await other.until('the job is done', () => other.idsOf('done').length === 1);
    expect(runsOf(frozen)).toEqual(['began 1', 'aborted 1']);
    expect(runsOf(other)).toEqual(['began 2', 'returned 2', 'done 2']);
    expect(frozen.log).toEqual([expect.stringContaining('1 running jobs lost their lease')]);

    // It goes on to work.
    await other.kill();
    const next = await receiver.post();
    await frozen.until('it runs another job', () => beginningOf(frozen, next.body.id) !== undefined);
  });

  test('that ended while it was frozen: its end does not count', { timeout: 90_000 }, async () => {
    const receiver = await startReceiver();
    // Its handler returns right after it is thawed, in the same round of the event loop as what finds the lease lost.
    const handlerMs = 3_000;
    const frozen = await startWorker({ handlerMs, inbox: { leaseMs: 1_500 } });
    const { body } = await receiver.post();
    await frozen.until('the job runs', () => beginningOf(frozen, body.id) !== undefined);
    frozen.signal('SIGSTOP');
    const other = await startWorker({ handlerMs: 2 * handlerMs });
    await other.until('the other one runs the job', () => beginningOf(other, body.id) !== undefined);
    await sleep(handlerMs);
    frozen.signal('SIGCONT');
    await frozen.until('it says so', () => frozen.log.length > 0);
    await other.until('the job is done', () => other.idsOf('done').length === 1);
    expect(runsOf(other)).toEqual(['began 2', 'returned 2', 'done 2']);
    expect(frozen.log).toEqual([expect.stringContaining('lost their lease')]);
  });
});

describe.runIf(canTrace)('a worker whose disk stalls for longer than its lease', () => {
  test('leaves no job behind, neither what it ran nor what it then claims', { timeout: 90_000 }, async () => {
    // Each put looks whether the log is in its place; opening the inbox did so, too. The second put has to wait for the disk.
    const stall = ['-P', `${path}-wal`, '-e', 'trace=statx', '-e', 'inject=statx:delay_enter=4000000:when=3'];
    const stalled = await startSqliteProcess({ path, handlerMs: 6_000, inbox: { leaseMs: 1_000, concurrency: 5 } }, [
      'strace',
      '-f',
      '-o',
      '/dev/null',
      ...stall,
    ]);
    started.push(stalled);
    const { body } = await stalled.post();
    await stalled.until('it runs a job', () => beginningOf(stalled, body.id) !== undefined);
    // Not before: it would take the job.
    const other = await startWorker({ inbox: { leaseMs: 1_000 } });
    const second = await stalled.post();
    expect(second).toSatisfy(accepted);
    expect(second.tookMs).toBeGreaterThan(3_000);
    // By whom does not matter: the stalled one may have claimed the second anew.
    const isDone = (id = ''): boolean => [stalled, other].some((one) => one.idsOf('done').includes(id));
    await other.until('both are done', () => isDone(body.id) && isDone(second.body.id), 30_000);
  });
});

// How often a thread has waited for something is counted by Linux.
describe.runIf(process.platform === 'linux')('a process with nothing to do', () => {
  test('looks at most once a second, and takes next to no time', { timeout: 90_000 }, async () => {
    const [worker, other] = [await startWorker(), await start()];
    await other.post();
    // The first seconds are for the start and what it leaves behind.
    await sleep(3_000);
    const waits = ({ pid }: InboxProcess): number =>
      Number(/^voluntary_ctxt_switches:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/task/${pid}/status`, 'utf8'))?.[1]);
    const idle = [worker, other];
    const cpuOfAll = (): Promise<number[]> => Promise.all(idle.map((one) => one.cpuMs()));
    const perSecond = async (): Promise<{ readonly waits: number; readonly cpuMs: number }> => {
      const cpuBeforeMs = await cpuOfAll();
      const [startedAtMs, waitsBefore] = [monotonicMs(), idle.map(waits)];
      await sleep(5_000);
      const [seconds, waitsAfter] = [(monotonicMs() - startedAtMs) / 1_000, idle.map(waits)];
      const most = (after: number[], before: number[]): number =>
        Math.max(...after.map((one, index) => (one - (before[index] ?? Number.NaN)) / seconds));
      return { waits: most(waitsAfter, waitsBefore), cpuMs: most(await cpuOfAll(), cpuBeforeMs) };
    };
    const isIdle = ({ waits, cpuMs }: Awaited<ReturnType<typeof perSecond>>): boolean => waits <= 3 && cpuMs < 20;
    // On a slow machine the start leaves something behind for longer.
    let seen = await perSecond();
    for (let more = 2; more > 0 && !isIdle(seen); more--) seen = await perSecond();
    expect(seen).toSatisfy(isIdle);
  });
});
