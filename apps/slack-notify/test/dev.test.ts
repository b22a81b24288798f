import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it, vi } from 'vitest';

// What `npm run dev` does is three servers and a process.
vi.setConfig({ testTimeout: 90_000 });

let main: ChildProcess | undefined;
let output = '';
afterEach(() => {
  main?.kill('SIGKILL');
});

/** Start what `npm run dev` does. */
function start(env: Readonly<Record<string, string>> = {}, flags: readonly string[] = []): void {
  output = '';
  const script = fileURLToPath(new URL('../dev/main.ts', import.meta.url));
  main = spawn(process.execPath, [...flags, script], { env, stdio: 'pipe' });
  for (const stream of [main.stdout, main.stderr]) stream?.on('data', (text) => (output += text));
}
/** With the last of its output, which may come after its exit. */
const exitCode = async () => (await once(main as ChildProcess, 'close'))[0];

it('shows messages of a simulated Twenty at once, and ends all of it with SIGTERM', async () => {
  start();
  const url = (pattern: RegExp) =>
    vi.waitFor(() => pattern.exec(output)?.[1] ?? Promise.reject(new Error(output)), 60_000);
  const page = await url(/^Messages: (http:\S+)$/m);
  const jobs = await url(/^Jobs: (http:\S+)$/m);
  const texts = async () =>
    ((await (await fetch(`${page}/messages`)).json()) as { text: string }[]).map(({ text }) => text);
  await vi.waitFor(async () => {
    const first = ['New lead: Ada Lovelace', 'New lead: &lt;!channel&gt; Mallory', 'Won: Engines for 1843'];
    expect(await texts()).toEqual(expect.arrayContaining(first));
  }, 20_000);
  main?.kill('SIGTERM');
  expect(await exitCode()).toBe(0);
  for (const server of [page, jobs]) await expect(fetch(server)).rejects.toThrow('fetch failed');
});

it('ends with an error if the app does', async () => {
  start({ SLACK_TOKEN: 'xoxb-1', SLACK_CHANNEL: 'no-channel' });
  expect(await exitCode()).toBe(1);
  expect(output).toContain('SLACK_CHANNEL is wrong');
});

it('leaves neither the app nor its folder behind when it dies', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'slack-notify-dev-'));
  const die = 'process.on("SIGUSR2",()=>{throw new Error("died")})';
  start({ TMPDIR: folder }, ['--import', `data:text/javascript,${die}`]);
  const jobs = await vi.waitFor(() => /^Jobs: (\S+)$/m.exec(output)?.[1] ?? Promise.reject(new Error(output)), 60_000);
  expect(readdirSync(folder)).toHaveLength(1);
  main?.kill('SIGUSR2');
  expect(await exitCode()).toBe(1);
  expect(output).toContain('died');
  expect(readdirSync(folder)).toEqual([]);
  await vi.waitFor(() => expect(fetch(jobs)).rejects.toThrow('fetch failed'), 20_000);
  rmSync(folder, { recursive: true });
});

it('reads no .env, which is for the real Slack', () => {
  const { scripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  expect(scripts).toEqual({ dev: 'node dev/main.ts', start: 'node --env-file-if-exists=.env src/server.ts' });
});
