import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { startSlackNotify } from '@twenty-webhooks/apps-harness';
import { expect, it, vi } from 'vitest';
import { tellStory } from '../src/story.ts';

it('shows that every message arrived, though the app was killed in the middle', async () => {
  const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
  const demo = spawn(process.execPath, [main], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [output, [code]] = await Promise.all([text(demo.stdout), once(demo, 'exit')]);
  expect(output).toMatch(/SIGKILL\. [12]\d messages/);
  expect(output).toContain('30 events, 30 messages, 0 missing, wrong or repeated.');
  expect(output.match(/ (New lead|Won): /g)).toHaveLength(30);
  expect(code).toBe(0);
}, 60_000);

it.each(['SIGTERM', 'SIGKILL'] as const)(
  'leaves nothing behind after a %s',
  async (signal) => {
    const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
    const demo = spawn(process.execPath, [main], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    for await (const chunk of demo.stdout) {
      output += chunk;
      if (/SQLite +\S+\n/.test(output)) break;
    }
    const [, inbox = ''] = /SQLite +(\S+)/.exec(output) ?? [];
    const [, app = ''] = /Express +(\S+)/.exec(output) ?? [];
    demo.kill(signal);
    await vi.waitFor(() => expect(existsSync(dirname(inbox))).toBe(false), 20_000);
    await vi.waitFor(() => expect(fetch(app)).rejects.toThrow(), 20_000);
  },
  60_000,
);

it('sees an inbox that was lost with the process', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'demo-'));
  const sample = await startSlackNotify({ folder });
  try {
    const app = {
      ...sample.app,
      async kill() {
        await sample.app.kill();
        for (const end of ['', '-wal', '-shm']) rmSync(join(folder, `inbox.sqlite${end}`), { force: true });
      },
    };
    const { problems } = await tellStory({ ...sample, app }, () => {}, 3_000);
    expect(problems.length).toBeGreaterThan(10);
    expect(problems).toContainEqual(expect.stringMatching(/: no message$/));
  } finally {
    await sample.close();
    rmSync(folder, { recursive: true });
  }
}, 60_000);
