import { twentyWebhooks } from '@twenty-webhooks/hono';
import { adapterCases } from '@twenty-webhooks/testing';
import { createHonoFixture } from '../../packages/hono/test/hono-fixture.ts';
import { createFetchFixture } from './fetch-fixture.ts';
import type { Serve } from './own-server.ts';
import { runCases, type SuiteReport } from './run-cases.ts';
import { skippedIn } from './skipped-cases.ts';
import { findCrypto, judgeAll } from './verdicts.ts';

// The module that workerd runs. A GET of `/` runs all cases: sockets that it opens come back to itself, each adapter under a
// path of its own.

const apps = new Map<string, Parameters<Serve>[0]>();

// biome-ignore lint/style/noDefaultExport: workerd asks for one.
export default {
  async fetch(request: Request): Promise<Response> {
    const url = new URL(request.url);
    if (url.pathname === '/') return Response.json(await runAll(url.origin));
    const [, id = '', ...path] = url.pathname.split('/');
    const app = apps.get(id);
    if (app === undefined) return new Response('no such app', { status: 404 });
    url.pathname = path.join('/');
    // A request that waits for nothing but another request counts as hung.
    const timer = setInterval(() => {}, 20);
    try {
      return await app.fetch(new Request(url, request));
    } finally {
      clearInterval(timer);
    }
  },
};

async function runAll(origin: string): Promise<object> {
  let count = 0;
  const serve: Serve = async (app) => {
    const id = String(++count);
    apps.set(id, app);
    return {
      origin: `${origin}/${id}`,
      async close() {
        apps.delete(id);
      },
    };
  };
  const fixtures = { fetch: createFetchFixture(serve), Hono: createHonoFixture(serve, twentyWebhooks) };
  const reports: Record<string, SuiteReport> = {};
  for (const [name, fixture] of Object.entries(fixtures)) {
    reports[name] = await runCases(adapterCases(fixture), skippedIn('workerd', name));
  }
  return { crypto: await findCrypto(), verdicts: await judgeAll(), reports };
}
