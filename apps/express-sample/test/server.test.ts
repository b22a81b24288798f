import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createDatabase, describeWith, endAsSoonAsItSays, findPostgres } from '@twenty-webhooks/services';
import { sampleEvent, signDelivery } from '@twenty-webhooks/testing';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

// Each test starts processes, some of them three.
vi.setConfig({ testTimeout: 90_000 });

const secret = 'sample';
let folder: string;
let child: ChildProcess | undefined;
let worker: ChildProcess | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'express-sample-'));
});
afterEach(async () => {
  for (const one of [child, worker]) {
    if (one === undefined || one.exitCode !== null || one.signalCode !== null) continue;
    const ended = once(one, 'exit');
    one.kill('SIGKILL');
    await ended;
  }
  rmSync(folder, { recursive: true });
});

/** Start the sample as its `start` script does; gives where it listens. */
async function start(env: Readonly<Record<string, string>>): Promise<string> {
  const script = fileURLToPath(new URL('../src/server.ts', import.meta.url));
  child = spawn(process.execPath, [script], { cwd: folder, env: { PORT: '0', ...env }, stdio: 'pipe' });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => (output += text));
  const ended = once(child, 'close').then(() => Promise.reject(new Error(output)));
  ended.catch(() => {});
  const listening = vi.waitFor(() => /http:\/\/localhost:\d+/.exec(output)?.[0] ?? Promise.reject(), 60_000);
  return Promise.race([listening, ended]);
}

async function stop(): Promise<number | null> {
  child?.kill('SIGTERM');
  const [code] = await once(child as ChildProcess, 'exit');
  return code;
}

const delivery = signDelivery(sampleEvent('person.created'), { secret });
const post = async (origin: string): Promise<unknown> =>
  (await fetch(`${origin}/webhooks/twenty`, { method: 'POST', ...delivery })).json();
const journal = async (origin: string): Promise<unknown[]> => (await fetch(origin)).json() as Promise<unknown[]>;

describe('the Express sample', () => {
  it('accepts an event, does its work once, ends with SIGTERM, and knows the event afterwards', async () => {
    const env = { TWENTY_WEBHOOK_SECRET: secret, INBOX_FILE: 'kept.sqlite' };
    let origin = await start(env);
    expect(await post(origin)).toMatchObject({ status: 'accepted' });
    await vi.waitFor(
      async () => expect(await (await fetch(`${origin}/jobs`)).json()).toMatchObject({ done: 1 }),
      20_000,
    );
    expect(await journal(origin)).toEqual([expect.objectContaining({ event: 'person.created' })]);
    expect(await stop()).toBe(0);

    origin = await start(env);
    expect(await post(origin)).toMatchObject({ status: 'duplicate' });
    expect(await journal(origin)).toEqual([]);
  });

  it('its worker ends with 0 at a SIGTERM that comes as soon as it says that it works', async () => {
    const script = fileURLToPath(new URL('../src/worker.ts', import.meta.url));
    const env = { TWENTY_WEBHOOK_SECRET: secret };
    worker = spawn(process.execPath, [endAsSoonAsItSays(/^Working/), script], { cwd: folder, env, stdio: 'ignore' });
    expect(await once(worker, 'exit')).toEqual([0, null]);
  });

  it.each([
    ['TWENTY_WEBHOOK_SECRET', {}],
    ['PORT', { TWENTY_WEBHOOK_SECRET: secret, PORT: 'three' }],
    ['WORK', { TWENTY_WEBHOOK_SECRET: secret, WORK: 'maybe' }],
    ['INBOX_FILE', { TWENTY_WEBHOOK_SECRET: secret, INBOX_FILE: '' }],
  ])('says at start that %s is missing or wrong', async (name, env) => {
    await expect(start(env)).rejects.toThrow(name);
  });
});

describeWith(await findPostgres(), 'the Express sample on Postgres', ({ url, close }) => {
  const database = createDatabase(url);
  afterAll(async () => {
    await (await database).drop();
    await close();
  });

  it('receives in one process and works in another', async () => {
    const env = { TWENTY_WEBHOOK_SECRET: secret, DATABASE_URL: (await database).url };
    const origin = await start({ ...env, WORK: 'no' });
    const jobs = async (): Promise<unknown> => (await fetch(`${origin}/jobs`)).json();
    await vi.waitFor(async () => expect(await post(origin)).toMatchObject({ status: 'accepted' }), 20_000);
    expect(await post(origin)).toMatchObject({ status: 'duplicate' });
    expect(await jobs()).toMatchObject({ waiting: 1 });
    const script = fileURLToPath(new URL('../src/worker.ts', import.meta.url));
    worker = spawn(process.execPath, [script], { cwd: folder, env, stdio: 'ignore' });
    await vi.waitFor(async () => expect(await jobs()).toMatchObject({ waiting: 0, done: 1 }), 30_000);
    worker.kill('SIGTERM');
    expect(await once(worker, 'exit')).toEqual([0, null]);
    expect(await stop()).toBe(0);
  });
});
