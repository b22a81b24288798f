import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

let main: ChildProcess | undefined;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'edge-forward-dev-'));
});
// It ends workerd, which would outlive a SIGKILL.
afterEach(async () => {
  if (main?.exitCode === null && main.signalCode === null) {
    const ended = once(main, 'exit');
    const timer = setTimeout(() => main?.kill('SIGKILL'), 10_000);
    main.kill('SIGTERM');
    await ended;
    clearTimeout(timer);
  }
  rmSync(folder, { recursive: true, force: true });
});

it('forwards what a simulated Twenty sends, and ends all of it with SIGTERM', async () => {
  let output = '';
  main = spawn(process.execPath, [fileURLToPath(new URL('../dev/main.ts', import.meta.url))], {
    env: { TMPDIR: folder },
    stdio: 'pipe',
  });
  for (const stream of [main.stdout, main.stderr]) stream?.on('data', (text) => (output += text));
  const urlAfter = (name: string) =>
    vi.waitFor(
      () => new RegExp(`^${name}: (http:\\S+)$`, 'm').exec(output)?.[1] ?? Promise.reject(new Error(output)),
      60_000,
    );
  const places = [await urlAfter('Worker'), await urlAfter('Arrived')];
  await vi.waitFor(async () => {
    expect(await (await fetch(places[1] ?? '')).json()).toEqual({ arrived: expect.toSatisfy((count) => count >= 3) });
  }, 20_000);
  const ended = once(main, 'exit');
  main.kill('SIGTERM');
  expect((await ended)[0]).toBe(0);
  for (const place of places) await expect(fetch(place)).rejects.toThrow('fetch failed');
  expect(readdirSync(folder).filter((name) => name.startsWith('workerd-'))).toEqual([]);
}, 90_000);
