import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { accepted, freshDelivery, type InboxProcess } from '@twenty-webhooks/services';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type SqliteOrder, startSqliteProcess } from './start-sqlite-process.ts';
import { canTrace } from './sync-trace.ts';

// Real causes, a real server: no false 200, no false duplicate, an answer in time, and nobody has to restart anything.

let root: string;
/** That of the inbox. */
let folder: string;
let path: string;
let started: InboxProcess[];
let cleanUps: (() => unknown)[];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'inbox-outage-'));
  folder = join(root, 'data');
  mkdirSync(folder);
  path = join(folder, 'inbox.sqlite');
  started = [];
  cleanUps = [];
});
afterEach(async () => {
  await Promise.all(started.map((one) => one.kill()));
  for (const cleanUp of cleanUps.reverse()) await cleanUp();
  rmSync(root, { recursive: true });
});

const start = async (order: Omit<SqliteOrder, 'path'> = {}, under?: readonly string[]): Promise<InboxProcess> => {
  const one = await startSqliteProcess({ path, ...order }, under);
  started.push(one);
  return one;
};

interface Outage {
  /** Bring it about; gives how it ends. */
  begin(server: InboxProcess): (() => unknown) | Promise<() => unknown>;
}

/** Deliver before, during and after, with a handler that runs across the beginning. */
async function goThrough({ begin }: Outage, { hasLock = false } = {}): Promise<InboxProcess> {
  const server = await start({ handlerMs: 800, inbox: { concurrency: 2 } });
  const acknowledged: (string | undefined)[] = [];
  // Two run when it begins and end meanwhile, one waits for its turn.
  for (let index = 0; index < 3; index++) {
    const answered = await server.post();
    expect(answered).toSatisfy(accepted);
    acknowledged.push(answered.body.id);
  }
  await server.until('handlers run', () => server.idsOf('began').length >= 2);
  const linesBefore = server.log.length;

  const end = await begin(server);
  const refused = freshDelivery();
  /** The slowest of each round. */
  const answerMs: number[] = [];
  const routeMs: number[] = [];
  const untilMs = performance.now() + (hasLock ? 3_000 : 1_200);
  while (performance.now() < untilMs || answerMs.length < 3) {
    const answers = Promise.all([refused, refused, freshDelivery()].map((delivery) => server.post(delivery)));
    const inRoundMs: number[] = [];
    for (let index = 0; hasLock && index < 10; index++) {
      await sleep(20);
      inRoundMs.push(await server.get());
    }
    for (const { status, body } of await answers) {
      expect({ status, body }).toEqual({ status: 503, body: { error: 'INBOX_UNAVAILABLE' } });
    }
    answerMs.push(Math.max(...(await answers).map(({ tookMs }) => tookMs)));
    if (hasLock) routeMs.push(Math.max(...inRoundMs));
    await sleep(20);
  }
  // A process that gets no CPU for a moment is late in one round: who waits for the lock in all of them.
  expect(medianOf(answerMs)).toBeLessThan(3_000);
  // Then Twenty hangs up.
  expect(Math.max(...answerMs)).toBeLessThan(5_000);
  if (hasLock) expect(medianOf(routeMs)).toBeLessThan(250);
  await end();

  // By itself, and what was refused is new.
  const again = freshDelivery();
  await server.until('it takes deliveries again', async () => (await server.post(again)).status === 200);
  const retried = await server.post(refused);
  expect(retried).toSatisfy(accepted);
  expect((await server.post(refused)).body.status).toBe('duplicate');
  acknowledged.push(retried.body.id);
  await server.until('all that was acknowledged is handled', () =>
    acknowledged.every((id) => server.idsOf('done').includes(id ?? '')),
  );
  // What ended during the outage was kept until it could be written, so nothing had to run twice.
  expect(new Set(server.idsOf('began')).size).toBe(server.idsOf('began').length);
  expect(server.log.length - linesBefore).toBeLessThanOrEqual(5);
  expect(server.hasEnded).toBe(false);
  return server;
}

const medianOf = (numbers: readonly number[]): number =>
  [...numbers].sort((one, other) => one - other)[Math.floor((numbers.length - 1) / 2)] ?? Number.NaN;

describe('the file is locked by another process', () => {
  const lock = async (mode: string): Promise<() => Promise<void>> => {
    const child = fork(join(import.meta.dirname, 'lock-process.ts'), [path, mode], { silent: true });
    const exited = once(child, 'exit');
    cleanUps.push(() => child.kill('SIGKILL'));
    await once(child, 'message');
    return async () => {
      child.kill('SIGKILL');
      await exited;
    };
  };

  test.each(['IMMEDIATE', 'EXCLUSIVE'])('for seconds: %s', { timeout: 60_000 }, async (mode) => {
    await goThrough({ begin: () => lock(mode) }, { hasLock: true });
  });

  test('for a moment: the delivery waits, and is accepted', { timeout: 60_000 }, async () => {
    const server = await start();
    const unlock = await lock('IMMEDIATE');
    const answered = server.post();
    // So much less than it would wait that this process may stand still for a second.
    await sleep(300);
    await unlock();
    expect(await answered).toSatisfy(accepted);
    await server.until('it is handled', () => server.idsOf('done').length === 1);
  });
});

/** Write until nothing more fits. */
function fill(file: string): void {
  const { bsize, bavail } = statfsSync(folder);
  for (let size = bsize * (bavail + 1); size >= 1; size = Math.floor(size / 2)) {
    try {
      writeFileSync(file, Buffer.alloc(size), { flag: 'a' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }
}

// Needs the right to mount: root, in a container that allows it.
const canMount = (() => {
  const probe = mkdtempSync(join(tmpdir(), 'inbox-mount-'));
  const isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', probe]).status === 0;
  if (isMounted) spawnSync('umount', [probe]);
  rmSync(probe, { recursive: true });
  return isMounted;
})();

describe.runIf(canMount)('the disk is full', () => {
  test('and somebody makes room', { timeout: 60_000 }, async () => {
    expect(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', folder]).status).toBe(0);
    cleanUps.push(() => spawnSync('umount', ['-l', folder]));
    await goThrough({
      begin() {
        const ballast = join(folder, 'ballast');
        fill(ballast);
        return () => unlinkSync(ballast);
      },
    });
  });
});

const canLimit = spawnSync('prlimit', ['--version']).status === 0;

describe.runIf(canLimit)('the file may not grow', () => {
  test('until its limit is raised', { timeout: 60_000 }, async () => {
    const setLimit = (pid: number, limit: string): void => {
      expect(spawnSync('prlimit', ['--pid', String(pid), `--fsize=${limit}:`]).status).toBe(0);
    };
    await goThrough({
      begin({ pid }) {
        setLimit(pid, '4096');
        return () => setLimit(pid, 'unlimited');
      },
    });
  });
});

describe.runIf(canTrace)('the disk does not sync', () => {
  test('some syncs: none of these deliveries is a 200, and none is a duplicate later', {
    timeout: 60_000,
  }, async () => {
    await (await start()).stop();
    const fail = ['-e', 'trace=fsync,fdatasync', '-e', 'inject=fsync,fdatasync:error=EIO:when=5..10'];
    const server = await start({}, ['strace', '-f', '-o', '/dev/null', ...fail]);
    const deliveries = Array.from({ length: 20 }, freshDelivery);
    const statuses: number[] = [];
    for (const delivery of deliveries) statuses.push((await server.post(delivery)).status);
    expect(statuses.filter((status) => status === 503)).toHaveLength(6);
    expect(statuses.filter((status) => status === 200)).toHaveLength(14);
    expect(statuses.at(-1)).toBe(200);
    const verdicts = await Promise.all(deliveries.map(async (delivery) => (await server.post(delivery)).body.status));
    expect(verdicts).toEqual(statuses.map((status) => (status === 200 ? 'duplicate' : 'accepted')));
    await server.until('all are handled', () => server.idsOf('done').length === deliveries.length);
    expect(server.log.length).toBeLessThanOrEqual(5);
  });
});

describe('the file is not where it was', () => {
  test('moved away, and back', { timeout: 60_000 }, async () => {
    await goThrough({
      begin() {
        renameSync(path, `${path}-away`);
        return () => renameSync(`${path}-away`, path);
      },
    });
  });

  test('another file is in its place', { timeout: 60_000 }, async () => {
    await goThrough({
      begin() {
        renameSync(path, `${path}-away`);
        writeFileSync(path, readFileSync(`${path}-away`));
        return () => renameSync(`${path}-away`, path);
      },
    });
  });

  test('its folder is moved away, and back', { timeout: 60_000 }, async () => {
    await goThrough({
      begin() {
        renameSync(folder, `${folder}-away`);
        return () => renameSync(`${folder}-away`, folder);
      },
    });
  });

  test('its folder cannot be reached', { timeout: 60_000 }, async () => {
    await goThrough({
      begin() {
        renameSync(folder, `${folder}-away`);
        // A loop: an error other than that nothing is there.
        symlinkSync(folder, folder);
        return () => {
          unlinkSync(folder);
          renameSync(`${folder}-away`, folder);
        };
      },
    });
  });

  test.each([
    ['the file alone', ['']],
    ['all that belongs to it', ['', '-wal', '-shm']],
  ])(
    'deleted, %s: 503 until a restart makes a new one; what was accepted is handled',
    { timeout: 60_000 },
    async (_name, ends) => {
      const server = await start({ handlerMs: 300, inbox: { concurrency: 1 } });
      for (let index = 0; index < 4; index++) expect(await server.post()).toSatisfy(accepted);
      for (const end of ends) rmSync(path + end);
      const refused = freshDelivery();
      for (let index = 0; index < 20; index++) {
        expect(await server.post(refused)).toMatchObject({ status: 503, body: { error: 'INBOX_UNAVAILABLE' } });
        await sleep(50);
      }
      await server.until('what was accepted is handled', () => server.idsOf('done').length === 4);
      expect((await server.post(refused)).status).toBe(503);
      expect(server.log.length).toBeLessThanOrEqual(5);
      expect(existsSync(path)).toBe(false);
      await server.stop();

      const next = await start();
      expect(await next.post(refused)).toSatisfy(accepted);
      await next.until('it is handled', () => next.idsOf('done').length === 1);
      expect(readdirSync(folder)).toContain('inbox.sqlite');
    },
  );
});
