import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { addAll, type Engine } from './engine.ts';
import { makeEntries } from './entries.ts';
import { openEngines } from './open-engines.ts';

// They are many, and some are slow to start.
vi.setConfig({ testTimeout: 60_000 });

let folder = '';
let engines: Engine[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'twenty-bench-'));
  engines = await openEngines(folder);
});
afterAll(async () => {
  for (const engine of engines) await engine.close();
  await rm(folder, { recursive: true });
});

describe('engines', () => {
  test('are those of the table; Redis may be missing', () => {
    const names = engines.map(({ name }) => name);
    expect(names.slice(0, 5)).toEqual([
      'sqliteInbox',
      'node:sqlite, one INSERT',
      'plainjob',
      'plainjob, synchronous = FULL by hand',
      'pg-boss on PGlite',
    ]);
    for (const name of names.slice(5)) expect(name).toMatch(/^bullmq, /);
    expect(new Set(names).size).toBe(names.length);
  });

  // Speed counts only of what does its work.
  test('store every job, one at a time and many in flight; a second one of the same key where they say so', async () => {
    const [one, ...others] = await makeEntries(100);
    if (one === undefined) throw new Error('no entry');
    for (const engine of engines) {
      await addAll(engine, [one], 1);
      expect([engine.name, await engine.count()]).toEqual([engine.name, 1]);
      await addAll(engine, others, 64);
      expect([engine.name, await engine.count()]).toEqual([engine.name, 100]);
      await addAll(engine, [one, one], 2);
      expect([engine.name, await engine.count()]).toEqual([engine.name, engine.knowsDuplicates ? 100 : 102]);
    }
  });
});
