import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { durableRedis, findProgram, type StartedRedis, startRedis } from '@twenty-webhooks/services';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { openReceiver } from './opened-receiver.ts';

vi.setConfig({ testTimeout: 60_000 });

describe.runIf(canAttach() && findProgram('redis-server'))(
  'a Redis that is killed while its disk takes its time',
  () => {
    it('appendfsync always: what was answered with 200 is there', async () => {
      const { accepted, lost } = await killWhileSyncing('always', 20);
      expect(accepted.length).toBeGreaterThan(0);
      expect(lost).toEqual([]);
    });

    // Redis answers meanwhile, and writes when the sync is over, or after two seconds: aof.c, flushAppendOnlyFile.
    it('appendfsync everysec: what was answered may be lost, as the README says', async () => {
      let lost: readonly string[] = [];
      // It may have written in the moment before it was killed.
      for (let left = 5; left > 0 && lost.length === 0; left--) ({ lost } = await killWhileSyncing('everysec', 4_000));
      expect(lost).not.toEqual([]);
    });
  },
);

/**
 * Ids of events: those that a Redis whose syncs take so long made a 200, and those of them that are gone when it was killed right
 * after the last.
 */
async function killWhileSyncing(
  appendfsync: string,
  syncMs: number,
): Promise<{ readonly accepted: readonly string[]; readonly lost: readonly string[] }> {
  const redis = await startRedis({ settings: { ...durableRedis, appendfsync } });
  onTestFinished(() => redis.close());
  const { receiver, inbox, deliver } = openReceiver({ connection: redis.url }, { work: false });
  onTestFinished(() => receiver.close());
  await inbox.ready();
  await slowDownSyncs(redis, syncMs);
  const accepted: string[] = [];
  // Until one of its syncs, of which it begins one per second, is under way.
  for (const endMs = performance.now() + 2_500; performance.now() < endMs; await sleep(50)) {
    const { status, id } = await deliver();
    if (status === 'accepted') accepted.push(id);
  }
  await redis.kill();
  await redis.start();
  const stored = await vi.waitFor(() => inbox.inspection.list(), 20_000);
  return { accepted, lost: accepted.filter((id) => !stored.some(({ eventId }) => eventId === id)) };
}

/** Until it is killed. */
async function slowDownSyncs({ pid }: StartedRedis, ms: number): Promise<void> {
  const delay = ['-e', 'trace=fsync,fdatasync', '-e', `inject=fsync,fdatasync:delay_enter=${ms * 1_000}`];
  const tracer = spawn('strace', ['-f', '-qq', '-o', '/dev/null', ...delay, '-p', String(pid)], { stdio: 'ignore' });
  const ended = once(tracer, 'exit');
  onTestFinished(async () => {
    tracer.kill();
    await ended;
  });
  const isTraced = (thread: string): boolean =>
    /TracerPid:\t[1-9]/.test(readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8'));
  while (!readdirSync(`/proc/${pid}/task`).every(isTraced)) await sleep(10);
}

/** Not everywhere may one process trace another that is not its child. */
function canAttach(): boolean {
  const other = spawn('sleep', ['10'], { stdio: 'ignore' });
  const { error, signal } = spawnSync('strace', ['-qq', '-o', '/dev/null', '-p', String(other.pid)], { timeout: 500 });
  other.kill('SIGKILL');
  // It was still at it.
  return signal === 'SIGTERM' && (error as NodeJS.ErrnoException | undefined)?.code === 'ETIMEDOUT';
}
