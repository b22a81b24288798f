import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findFreePort } from '@twenty-webhooks/services';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { copyApp } from './copy-app.ts';
import { startLocalRegistry } from './local-registry.ts';
import { packPackages, root } from './pack.ts';

const folder = mkdtempSync(join(tmpdir(), 'copied-apps-'));
const tarballs = packPackages(folder);
const registry = await startLocalRegistry();
let dev: ChildProcess | undefined;
// The group: npm does not pass a SIGKILL on.
const kill = (): void => {
  if (dev?.pid !== undefined && dev.exitCode === null && dev.signalCode === null) process.kill(-dev.pid, 'SIGKILL');
};
process.once('exit', kill);
afterEach(kill);
afterAll(() => {
  registry.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Where an app can be looked at, of what `dev` prints; and whether it has done something there. */
const apps: readonly (readonly [name: string, place: RegExp, hasDone: (json: unknown) => boolean])[] = [
  ['slack-notify', /Messages: (\S+)/, (messages) => (messages as unknown[]).length >= 3],
  ['crm-sync', /Status: (\S+)/, (status) => (status as { jobs: { done: number } }).jobs.done >= 3],
  ['edge-forward', /Arrived: (\S+)/, (origin) => (origin as { arrived: number }).arrived >= 3],
  ['workflow-trigger', /runs will be at (\S+)\./, (runs) => (runs as unknown[]).length >= 1],
];
const pathOf: Readonly<Record<string, string>> = { 'slack-notify': '/messages', 'workflow-trigger': '/api/runs' };

describe('an app, copied out of the repository, installs and runs with npm alone', () => {
  it.each(apps)(
    '%s',
    async (name, place, hasDone) => {
      const copy = join(folder, name);
      await copyApp(join(root, 'apps', name), copy, { tarballs, registry: registry.origin });
      const { PATH = '', HOME = '' } = process.env;
      const env = { PATH, HOME, TMPDIR: folder, PORT: String(await findFreePort()) };
      dev = spawn('npm', ['run', 'dev'], { cwd: copy, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
      const exited = once(dev, 'exit');
      let output = '';
      for (const stream of [dev.stdout, dev.stderr]) stream?.on('data', (text) => (output += text));
      const look = async (): Promise<boolean> => {
        const [, url] = place.exec(output) ?? [];
        if (url === undefined) return false;
        const response = await fetch(new URL(pathOf[name] ?? url, url)).catch(() => undefined);
        return response?.ok === true && hasDone(await response.json());
      };
      const giveUpAtMs = performance.now() + 120_000;
      while (!(await look()) && dev.exitCode === null && performance.now() < giveUpAtMs) await sleep(100);
      expect(await look(), output).toBe(true);
      // As Ctrl-C in a terminal does: npm and what it runs.
      process.kill(-(dev.pid ?? 0), 'SIGINT');
      await exited;
      expect(output).not.toMatch(/Error:/);
    },
    300_000,
  );
});
