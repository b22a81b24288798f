import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { makeTemporaryFolder } from './temporary-folder.ts';
import { tryToLock } from './try-to-lock.ts';

async function makeFolder(): Promise<string> {
  const { path, remove } = await makeTemporaryFolder();
  onTestFinished(remove);
  return path;
}

/** A process that has the lock, until it is killed or `heldMs` are over. */
async function startHolder(file: string, heldMs: number): Promise<ChildProcessByStdio<null, Readable, null>> {
  const module = JSON.stringify(new URL('./try-to-lock.ts', import.meta.url).href);
  const code = `const { tryToLock } = await import(${module});
    const unlock = tryToLock(${JSON.stringify(file)});
    console.log('locked');
    setTimeout(unlock, ${heldMs});
    setInterval(() => {}, 60_000);`;
  const holder = spawn(process.execPath, ['--input-type=module', '--eval', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void holder.kill('SIGKILL'));
  await once(holder.stdout, 'data');
  return holder;
}

test('one has it, and the next one when it is given back', async () => {
  const file = join(await makeFolder(), 'lock');
  const unlock = tryToLock(file);
  expect(unlock).toBeDefined();
  expect(tryToLock(file)).toBeUndefined();
  unlock?.();
  const unlockAgain = tryToLock(file);
  expect(unlockAgain).toBeDefined();
  unlockAgain?.();
});

test('a process that is killed does not keep it', async () => {
  const file = join(await makeFolder(), 'lock');
  const holder = await startHolder(file, 600_000);
  expect(tryToLock(file)).toBeUndefined();
  const ended = once(holder, 'exit');
  holder.kill('SIGKILL');
  await ended;
  const unlock = tryToLock(file);
  expect(unlock).toBeDefined();
  unlock?.();
});

test('it can be waited for', async () => {
  const file = join(await makeFolder(), 'lock');
  await startHolder(file, 500);
  const unlock = tryToLock(file, 30_000);
  expect(unlock).toBeDefined();
  unlock?.();
});

test('a file that cannot be made is an error, not a lock of another', async () => {
  const folder = await makeFolder();
  expect(() => tryToLock(join(folder, 'missing', 'lock'))).toThrow('unable to open');
});
