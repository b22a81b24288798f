import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Whether a process is there and is not merely waiting to be reaped. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    if (process.platform !== 'linux') return true;
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.charAt(stat.lastIndexOf(')') + 2) !== 'Z';
  } catch {
    return false;
  }
}

/** Wait until none of them runs; gives those that still do after twenty seconds. */
export async function remaining(pids: readonly number[]): Promise<number[]> {
  const giveUpAtMs = performance.now() + 20_000;
  for (;;) {
    const left = pids.filter(isRunning);
    if (left.length === 0 || performance.now() > giveUpAtMs) return left;
    await sleep(20);
  }
}
