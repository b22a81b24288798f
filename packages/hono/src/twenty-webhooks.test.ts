import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import { describeAdapter, startTestServer } from '@twenty-webhooks/testing';
import { describe, it, vi } from 'vitest';
import { createHonoFixture, type ServeApp } from '../test/hono-fixture.ts';
import { twentyWebhooks } from './index.ts';

// A busy machine takes its time for 60 MiB.
vi.setConfig({ testTimeout: 60_000 });

// With Node's own request beside the web-standard one, or without.
const serve: ServeApp = (app) => startTestServer(createAdaptorServer({ fetch: app.fetch }) as Server);
const serveWithoutNode: ServeApp = (app) => serve({ fetch: (request) => app.fetch(request) });

describeAdapter('Hono on Node', createHonoFixture(serve, twentyWebhooks), { describe, it });
describeAdapter('Hono fetch', createHonoFixture(serveWithoutNode, twentyWebhooks), { describe, it });
