import { execFile } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
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
