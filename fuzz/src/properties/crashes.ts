import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { sqliteInbox } from '@twenty-webhooks/sqlite';
import type { Choices } from '../choices.ts';
import type { Property } from '../property.ts';
import { makeQuickFolder } from '../quick-folder.ts';

/**
 * Processes that use one SQLite inbox after the other, each killed at a random moment: what was acknowledged is there exactly
 * once, what was never put is not, and what was seen to be done is never run again.
 *
 * @param child the program that stores and runs; a wrong one for the tests of this property
 */
export function crashesProperty(child: string = join(import.meta.dirname, '../crash/crash-child.ts')): Property {
  return {
    name: 'crashes',
    weight: 15,
    maxScriptBytes: 16,
    testCases: 4,
    async check(choices) {
      const folder = makeQuickFolder();
      const path = join(folder, 'inbox.db');
      const history: Line[] = [];
      try {
        for (let left = 1 + choices.below(3), first = 0; left > 0; left--) {
          history.push(...(await runAndKill(child, { path, first, choices })));
          // The next one puts some of the same, as a sender that got no answer.
          first += choices.below(12);
        }
        await checkFile(path, history);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
}

const onSources = ['--conditions', '@twenty-webhooks/source'];

interface Line {
  readonly what: string;
  readonly key: string;
}

/** Run it until so many lines have come, and some thousandths of a millisecond more. */
async function runAndKill(
  child: string,
  { path, first, choices }: { readonly path: string; readonly first: number; readonly choices: Choices },
): Promise<Line[]> {
  const killAfterLines = 1 + choices.below(90);
  const spins = choices.below(4) * choices.below(256) * 40;
  const started = spawn(process.execPath, [...onSources, child, path, String(first), '24'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(started, 'exit');
  const lines: Line[] = [];
  for await (const text of createInterface({ input: started.stdout })) {
    const [what = '', ...key] = text.split(' ');
    lines.push({ what, key: key.join(' ') });
    if (lines.length !== killAfterLines) continue;
    for (let spin = 0; spin < spins; spin++) Math.sqrt(spin);
    started.kill('SIGKILL');
  }
  const [code] = await exited;
  assert.ok(code === null || code === 0, `it ended with ${code}`);
  return lines;
}

async function checkFile(path: string, history: readonly Line[]): Promise<void> {
  const keysOf = (wanted: string): Set<string> =>
    new Set(history.filter(({ what }) => what === wanted).map(({ key }) => key));
  const inbox = sqliteInbox(path);
  try {
    const jobs = await inbox.inspection.list({ limit: 10_000 });
    const keys = jobs.map(({ key }) => key);
    assert.equal(new Set(keys).size, keys.length, 'each job once');
    for (const key of [...keysOf('stored'), ...keysOf('known')])
      assert.ok(keys.includes(key), `${key} was acknowledged and is lost`);
    for (const key of keys) assert.ok(keysOf('putting').has(key), `${key} was never put`);
    for (const key of keysOf('known'))
      assert.ok(
        history.filter(({ what, key: other }) => what === 'putting' && other === key).length > 1,
        `${key} was new`,
      );
    const stored = history.filter(({ what }) => what === 'stored').map(({ key }) => key);
    assert.equal(new Set(stored).size, stored.length, 'new only once');
    for (const { key, body, state } of await Promise.all(
      keys.map((key) => inbox.inspection.get(key).then((job) => job ?? assert.fail())),
    )) {
      const { number } = JSON.parse(Buffer.from(body).toString('utf8'));
      assert.equal(`key ${number}`, key);
      assert.ok(!keysOf('done').has(key) || state === 'done', `${key} was done and is ${state}`);
      assert.ok(state !== 'done' || keysOf('run').has(key), `${key} is done and never ran`);
    }
  } finally {
    await inbox.close();
  }
  for (const key of keysOf('done')) {
    const seen = history.findIndex(({ what, key: other }) => what === 'done' && other === key);
    const again = history.slice(seen).some(({ what, key: other }) => what === 'run' && other === key);
    assert.ok(!again, `${key} was done and ran again`);
  }
}
