import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findPostgresFolder, findProgram } from './find-binary.ts';
import { isRunning, remaining } from './testdata/is-running.ts';

const areInstalled = findPostgresFolder() !== undefined && findProgram('redis-server') !== undefined;

test.skipIf(!areInstalled).each([
  ['is killed', 'runs'],
  ['is killed while Postgres is frozen', 'frozen'],
  ['ends', 'ends'],
])('no server and no file outlives a process that %s', { timeout: 60_000 }, async (_name, how) => {
  const script = join(import.meta.dirname, 'testdata/start-and-wait.ts');
  // Nothing of the runner's is handed down: what outlives the child would keep it open.
  const child = spawn(process.execPath, [script, how], { stdio: ['ignore', 'pipe', 'ignore'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = once(child, 'exit');
  const [line] = await once(child.stdout, 'data');
  const { pids, folders }: { pids: number[]; folders: string[] } = JSON.parse(String(line));
  onTestFinished(() => pids.filter(isRunning).forEach((pid) => void process.kill(pid, 'SIGKILL')));
  expect(pids.length).toBeGreaterThan(5);
  if (how !== 'ends') child.kill('SIGKILL');
  await ended;

  expect(await remaining(pids)).toEqual([]);
  await expect.poll(() => folders.filter(existsSync)).toEqual([]);
});
