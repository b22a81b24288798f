import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startTestServer, type TestServer } from '@twenty-webhooks/testing';

const dir = fileURLToPath(new URL('./app', import.meta.url));
const require = createRequire(import.meta.url);

/** What is used of Next here. Its own types would claim `process.env.NODE_ENV` for the whole repository. */
interface NextServer {
  prepare(): Promise<void>;
  close(): Promise<void>;
  getRequestHandler(): (request: IncomingMessage, response: ServerResponse) => Promise<void>;
}

/** Build the app in `test/app` with the built packages, as a user would. */
export async function buildNextApp(): Promise<void> {
  const env = { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' };
  await promisify(execFile)(process.execPath, [require.resolve('next/dist/bin/next'), 'build', dir], { cwd: dir, env });
}

/** Serve the built app from this process. */
export async function startNextApp(): Promise<TestServer> {
  const next = require('next') as (options: { dev: boolean; dir: string }) => NextServer;
  const app = next({ dev: false, dir });
  await app.prepare();
  const handle = app.getRequestHandler();
  const server = await startTestServer((request, response) => void handle(request, response));
  return {
    origin: server.origin,
    async close() {
      await server.close();
      await app.close();
    },
  };
}

export interface NextProcess {
  readonly origin: string;
  /** Send a signal and wait for the end; gives the exit code, or the signal that ended it. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | string>;
}

/** Serve the built app with `next start`, a process of its own, that leaves signals to the app. */
export async function startNextProcess(env: Readonly<Record<string, string>>): Promise<NextProcess> {
  const args = [require.resolve('next/dist/bin/next'), 'start', dir, '-p', '0'];
  const child = spawn(process.execPath, args, {
    cwd: dir,
    env: {
      ...process.env,
      NODE_ENV: 'production',
      NEXT_MANUAL_SIG_HANDLE: 'true',
      NEXT_TELEMETRY_DISABLED: '1',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    printed += text;
  });
  // A port that is free, which it says: one that was looked for before may be somebody else's by now.
  const portOf = (): string | undefined => /Local: .*:(\d+)\s/.exec(printed)?.[1];
  const answers = (): Promise<boolean> =>
    fetch(`http://127.0.0.1:${portOf()}/other`)
      .then(({ ok }) => ok)
      .catch(() => false);
  for (const deadlineMs = Date.now() + 60_000; portOf() === undefined || !(await answers()); await sleep(50)) {
    if (child.exitCode === null && child.signalCode === null && Date.now() < deadlineMs) continue;
    child.kill('SIGKILL');
    throw new Error('next start does not answer');
  }
  return {
    origin: `http://127.0.0.1:${portOf()}`,
    async end(signal) {
      child.kill(signal);
      const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
      const [code, endedBy] = await exited;
      clearTimeout(timer);
      return code ?? endedBy;
    },
  };
}
