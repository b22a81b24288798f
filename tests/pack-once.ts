import { createHash } from 'node:crypto';
import { globSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { tryToLock } from '@twenty-webhooks/services';

// Many test files need the tarballs, in processes of their own: the first one packs, and what is packed stays for as long as
// nothing of it changes.

/** Run `pack` for a key unless that was done before, here or in another process; returns the folder it was done in. */
export function packOnce(key: string, { cache, pack }: { cache: string; pack(folder: string): void }): string {
  const done = join(cache, key);
  mkdirSync(cache, { recursive: true });
  const isDone = (): boolean => readdirSync(cache).includes(key);
  if (isDone()) return done;
  const unlock = tryToLock(join(cache, lockName), patienceMs);
  if (unlock === undefined) throw new Error(`Another process packs into ${cache}, and does not come to an end`);
  try {
    if (isDone()) return done;
    removeOld(cache);
    const folder = mkdtempSync(`${done}.`);
    pack(folder);
    renameSync(folder, done);
    return done;
  } finally {
    unlock();
  }
}

/** A name for the state of files: their paths, modes and bytes. */
export function digestOf(folder: string, patterns: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of globSync([...patterns], { cwd: folder }).sort()) {
    const facts = statSync(join(folder, file));
    if (!facts.isFile()) continue;
    hash.update(`${file}\0${facts.mode}\0${facts.size}\0`).update(readFileSync(join(folder, file)));
  }
  return hash.digest('hex').slice(0, 32);
}

/** Of earlier states; what another run works on is young. */
function removeOld(cache: string): void {
  for (const name of readdirSync(cache)) {
    if (name === lockName) continue;
    const { mtimeMs = Date.now() } = statSync(join(cache, name), { throwIfNoEntry: false }) ?? {};
    if (Date.now() - mtimeMs > oldMs) rmSync(join(cache, name), { recursive: true, force: true });
  }
}

/** Many times as long as it takes to pack: who still waits then should hear of it. */
const patienceMs = 600_000;
const oldMs = 3_600_000;
const lockName = 'lock';
