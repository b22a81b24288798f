import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { goldenVectors, startTestServer } from '@twenty-webhooks/testing';
import { expect, it } from 'vitest';
import { crash } from '../src/crash.ts';
import { deliver } from '../src/deliver.ts';
import { planVectors } from '../src/plan-vectors.ts';

it('delivers every golden vector and sample, survives a crash, and finds all as expected', async () => {
  const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
  const demo = spawn(process.execPath, [main], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [output, [code]] = await Promise.all([text(demo.stdout), once(demo, 'exit')]);
  expect(output).toContain(' 0 not as expected.');
  expect(output).toMatch(/started again +welcomed /);
  expect(output.split('\n').filter((line) => / (server|envelope) {2}/.test(line)).length).toBeGreaterThan(150);
  expect(code).toBe(0);
});

it('sees a server that says 200 to everything and does nothing', async () => {
  const server = await startTestServer((_request, response) => {
    response.setHeader('content-type', 'application/json').end('[]');
  });
  const { origin: url } = server;
  const sample = { url, journalUrl: url, jobsUrl: url, stop: () => Promise.resolve() };
  const results = await Promise.all([...planVectors(goldenVectors())].map((plan) => deliver(plan, sample)));
  await server.close();
  expect(results.filter(({ problem }) => problem === undefined)).toEqual([]);
});

it('sees a crash after which nothing is known', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'demo-'));
  const { problems } = await crash(join(folder, 'before.sqlite'), join(folder, 'after.sqlite'));
  rmSync(folder, { recursive: true });
  expect(problems).toEqual([
    '0 things were done after the crash',
    'the delivery after the crash was 200 accepted',
    'the duplicate was handled',
  ]);
});
