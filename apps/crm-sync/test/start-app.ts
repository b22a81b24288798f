import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type JsonObject, signDelivery, startTwentySimulator, type WireFormat } from '@twenty-webhooks/testing';
import { startHubSpotStandIn } from '../dev/hubspot-stand-in.ts';
import { startProxy } from './proxy.ts';

export const adminToken = 'admin token of the tests';

/** Start server.ts as whoever copies the app would. `env` replaces; `undefined` takes a variable away. */
export function startServer(env: NodeJS.ProcessEnv, cwd: string) {
  const { PATH = '', NODE_COMPILE_CACHE = '' } = process.env;
  // PGlite is WebAssembly: to optimise it takes longer than a test.
  const child = spawn(process.execPath, ['--liftoff-only', join(import.meta.dirname, '../src/server.ts')], {
    cwd,
    env: { PATH, NODE_COMPILE_CACHE, PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
  // With the last of its output, which may come after its exit.
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return {
    ended,
    output: () => output,
    stop(signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL' = 'SIGTERM'): Promise<number | null> {
      child.kill(signal);
      return ended;
    },
    /** Where it listens. */
    async origin(): Promise<string> {
      for (const giveUpAtMs = performance.now() + 150_000; performance.now() < giveUpAtMs; await sleep(20)) {
        const [, port] = /http:\/\/localhost:(\d+)\/webhooks\/twenty/.exec(output) ?? [];
        if (port !== undefined) return `http://127.0.0.1:${port}`;
        if (child.exitCode === null && child.signalCode === null) continue;
        await ended;
        break;
      }
      throw new Error(`It does not listen:\n${output}`);
    },
  };
}

/**
 * The app with a simulated Twenty that says nothing by itself and the stand-in of HubSpot, in PGlite in a folder of its own.
 *
 * @param database what an app has left behind, to be copied: PGlite takes seconds of a processor to make a new one
 */
export async function startApp(env: NodeJS.ProcessEnv = {}, database?: string) {
  const folder = await mkdtemp(join(tmpdir(), 'crm-sync-test-'));
  if (database !== undefined) await cp(database, join(folder, 'pgdata'), { recursive: true });
  const [hubspot, twenty] = await Promise.all([startHubSpotStandIn(), startTwentySimulator()]);
  const proxies = await Promise.all([startProxy(hubspot.origin), startProxy(twenty.origin)]);
  const [beforeHubspot, beforeTwenty] = proxies;
  const secret = randomUUID();
  const all = {
    TWENTY_WEBHOOK_SECRET: secret,
    TWENTY_API_URL: beforeTwenty.origin,
    TWENTY_API_KEY: twenty.apiKey,
    HUBSPOT_TOKEN: hubspot.token,
    HUBSPOT_API_URL: beforeHubspot.origin,
    ADMIN_TOKEN: adminToken,
    ...env,
  };
  let server = startServer(all, folder);
  let origin = '';

  async function status(): Promise<Status> {
    return (await (await fetch(`${origin}/status`)).json()) as Status;
  }
  async function rest(): Promise<Status> {
    for (const giveUpAtMs = performance.now() + 60_000; performance.now() < giveUpAtMs; await sleep(20)) {
      const now = await status();
      if (!now.reconcile.running && now.jobs.waiting + now.jobs.running === 0) return now;
    }
    throw new Error(`It does not come to rest:\n${server.output()}`);
  }
  async function send(event: object, format: WireFormat = 'server'): Promise<void> {
    const delivery = signDelivery(event, { secret, format });
    const response = await fetch(`${origin}/webhooks/twenty`, { method: 'POST', ...delivery });
    if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  }
  try {
    origin = await server.origin();
    await rest();
  } catch (cause) {
    await server.stop('SIGKILL');
    throw cause;
  }
  return {
    hubspot,
    twenty,
    /** What the app's calls go through. */
    beforeHubspot,
    beforeTwenty,
    folder,
    env: all,
    rest,
    send,
    output: () => server.output(),
    origin: () => origin,
    /** Deliver, one after the other, each when the one before has been handled. */
    async handle(...events: readonly object[]): Promise<void> {
      for (const event of events) {
        await send(event);
        await rest();
      }
    },
    /** Live contacts and companies of this id of Twenty. */
    contactsOf: (id: string) => live(hubspot.contacts, id),
    companiesOf: (id: string) => live(hubspot.companies, id),
    /** Begin a pass. */
    async reconcile(query = ''): Promise<void> {
      const headers = { authorization: `Bearer ${adminToken}` };
      const { status } = await fetch(`${origin}/reconcile${query}`, { method: 'POST', headers });
      if (status !== 202) throw new Error(`${status} when it was to begin a pass`);
    },
    stop: (signal?: 'SIGTERM' | 'SIGINT' | 'SIGKILL') => server.stop(signal),
    /** With other variables, if given. */
    async start(other: NodeJS.ProcessEnv = {}): Promise<void> {
      server = startServer({ ...all, ...other }, folder);
      origin = await server.origin();
    },
    async close(): Promise<void> {
      await server.stop('SIGKILL');
      await Promise.all([hubspot, twenty, ...proxies].map((it) => it.close()));
      await rm(folder, { recursive: true });
    },
  };
}

interface Status {
  readonly jobs: { readonly waiting: number; readonly running: number; readonly done: number; readonly dead: number };
  readonly reconcile: {
    readonly running: boolean;
    readonly passes: number;
    readonly delivered: number;
    readonly lastError: string;
  };
}

const live = (records: Awaited<ReturnType<typeof startHubSpotStandIn>>['contacts'], id: string) =>
  [...records.values()].filter(({ archived, properties }) => !archived && properties.twenty_id === id);

let lastMs = Date.parse('2026-01-01T00:00:00.000Z');

/** An event as a server sends it. Without `updatedAt` in the fields, each is newer than the one before. */
export function eventOf(eventName: string, id: string, fields: JsonObject = {}): { readonly record: JsonObject } {
  const [object = ''] = eventName.split('.');
  lastMs += 1_000;
  const updatedAt = new Date(lastMs).toISOString();
  const record = { id, createdAt: '2025-01-01T00:00:00.000Z', updatedAt, deletedAt: null, ...fields };
  return {
    ...{ eventName, objectMetadata: { id: randomUUID(), nameSingular: object }, workspaceId: 'workspace' },
    ...{ webhookId: randomUUID(), eventDate: new Date().toISOString() },
    record,
  };
}

export const person = (firstName: string, primaryEmail: string, more: JsonObject = {}): JsonObject => ({
  name: { firstName, lastName: 'D’Arc' },
  emails: { primaryEmail, additionalEmails: null },
  ...more,
});
