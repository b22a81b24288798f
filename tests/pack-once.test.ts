import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { digestOf, packOnce } from './pack-once.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pack-once-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('the digest follows names, bytes and modes of the files that it is of', () => {
  mkdirSync(join(folder, 'core/node_modules'), { recursive: true });
  const digest = (): string => digestOf(folder, ['*/*', '*/!(node_modules)/**']);
  const seen = new Set<string>();
  const file = join(folder, 'core/a.js');
  for (const change of [
    () => writeFileSync(file, 'one'),
    () => writeFileSync(file, 'two'),
    () => chmodSync(file, 0o700),
    () => writeFileSync(join(folder, 'core/b.js'), ''),
    () => rmSync(file),
  ]) {
    change();
    seen.add(digest());
  }
  expect(seen.size).toBe(5);
  writeFileSync(join(folder, 'core/node_modules/c.js'), '');
  expect(seen).toContain(digest());
});

test('packs once for a key, and again after a failure', () => {
  const cache = join(folder, 'cache');
  let packs = 0;
  const pack = (into: string): void => writeFileSync(join(into, 'tarball'), String(++packs));
  const fail = (): never => {
    throw new Error('no disk');
  };
  expect(() => packOnce('a', { cache, pack: fail })).toThrow('no disk');
  for (let time = 0; time < 2; time++) {
    expect(readFileSync(join(packOnce('a', { cache, pack }), 'tarball'), 'utf8')).toBe('1');
  }
  expect(readFileSync(join(packOnce('b', { cache, pack }), 'tarball'), 'utf8')).toBe('2');
});

test('removes what is old, but not the lock', () => {
  const cache = join(folder, 'cache');
  packOnce('a', { cache, pack() {} });
  for (const name of readdirSync(cache)) utimesSync(join(cache, name), 0, 0);
  packOnce('b', { cache, pack() {} });
  expect(readdirSync(cache).sort()).toEqual(['b', 'lock']);
});

test('waits for a process that packs, and takes what that has made', async () => {
  const cache = join(folder, 'cache');
  const module = JSON.stringify(new URL('./pack-once.ts', import.meta.url).href);
  const code = `const { packOnce } = await import(${module});
    packOnce('a', { cache: ${JSON.stringify(cache)}, pack() {
      process.stdout.write('packs');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
    } });`;
  const flags = ['--conditions=@twenty-webhooks/source', '--input-type=module'];
  const other = spawn(process.execPath, [...flags, '--eval', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(other, 'exit');
  await once(other.stdout, 'data');
  const pack = (): never => {
    throw new Error('packed beside another');
  };
  expect(readdirSync(packOnce('a', { cache, pack }))).toEqual([]);
  expect(await ended).toEqual([0, null]);
});
