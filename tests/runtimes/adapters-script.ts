import { createServer } from 'node:http';
import { twentyWebhooks as forExpress } from '@twenty-webhooks/express';
import { twentyWebhooks as forFastify } from '@twenty-webhooks/fastify';
import { twentyWebhooks as forHono } from '@twenty-webhooks/hono';
import { type AdapterFixture, adapterCases, startTestServer } from '@twenty-webhooks/testing';
import express from 'express';
import fastify from 'fastify';
import { createExpressFixture } from '../../packages/express/test/express-fixture.ts';
import { createFastifyFixture } from '../../packages/fastify/test/fastify-fixture.ts';
import { createHonoFixture } from '../../packages/hono/test/hono-fixture.ts';
import { nodeFixture } from '../../packages/testing/src/testdata/node-fixture.ts';
import { createFetchFixture } from './fetch-fixture.ts';
import { runtimeName, type Serve, serveOwn } from './own-server.ts';
import { runCases, type SuiteReport } from './run-cases.ts';
import { skippedIn } from './skipped-cases.ts';
import { findCrypto, judgeAll } from './verdicts.ts';

// Node, Bun and Deno run this: all cases of the adapters that are named on the command line, and the vectors without a server.

const web: Record<string, AdapterFixture> =
  serveOwn === undefined
    ? { 'Hono on node:http': createHonoFixture(await serveOnNode(), forHono) }
    : {
        [`Hono on ${runtimeName}.serve`]: createHonoFixture(serveOwn, forHono),
        [`fetch on ${runtimeName}.serve`]: createFetchFixture(serveOwn),
      };

const fixtures: Record<string, AdapterFixture> = {
  'node:http': nodeFixture,
  Express: createExpressFixture(express, forExpress),
  Fastify: createFastifyFixture(fastify, forFastify),
  ...web,
};

const reports: Record<string, SuiteReport> = {};
for (const name of process.argv.slice(2)) {
  const fixture = fixtures[name];
  if (fixture === undefined) throw new Error(`no adapter ${name}`);
  reports[name] = await runCases(adapterCases(fixture), skippedIn(runtimeName, name));
}
const report = { crypto: await findCrypto(), verdicts: await judgeAll(), reports };
process.stdout.write(JSON.stringify(report), () => process.exit());

/** Only where it is used: it puts a `Response` of its own into the place of the runtime's, which other servers refuse. */
async function serveOnNode(): Promise<Serve> {
  const { getRequestListener } = await import('@hono/node-server');
  return (app) => startTestServer(createServer(getRequestListener(app.fetch)));
}
