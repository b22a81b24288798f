import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ReceiverOptions } from '@twenty-webhooks/core';
import {
  type AdapterFixture,
  type AdapterVariant,
  describeAdapter,
  sampleEvent,
  signDelivery,
  type TestServer,
} from '@twenty-webhooks/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TwentyRouteHandler } from '../src/twenty-webhooks.ts';
import { buildNextApp, type NextProcess, startNextApp, startNextProcess } from './next-server.ts';

// A busy machine takes its time for 60 MiB, and to start a server.
vi.setConfig({ testTimeout: 90_000 });

interface Mount {
  readonly options: ReceiverOptions;
  readonly onHandler: (handler: TwentyRouteHandler) => void;
}

const mounts = new Map<string, Mount>();
Object.assign(globalThis, { twentyMounts: mounts });

let server: TestServer;
beforeAll(async () => {
  await buildNextApp();
  server = await startNextApp();
}, 300_000);
afterAll(() => server.close());

describeAdapter('Next App Router', createFixture(''), { describe, it });
describeAdapter('Next Pages Router', createFixture('/api'), { describe, it });

function createFixture(base: string): AdapterFixture {
  const folders: { readonly [Variant in AdapterVariant]?: string } = {
    plain: 'webhooks',
    'json-parser-first': 'parsed',
  };
  return {
    variants: ['plain', 'json-parser-first'],
    async start(variant, options) {
      const mount = `mount-${mounts.size}`;
      let handler: TwentyRouteHandler | undefined;
      const onHandler = (made: TwentyRouteHandler): void => {
        handler = made;
      };
      mounts.set(mount, { options, onHandler });
      return {
        url: `${server.origin}${base}/${folders[variant]}/${mount}`,
        siblingUrl: `${server.origin}/sibling`,
        otherUrl: `${server.origin}/other`,
        close: async () => handler?.receiver?.close({ graceMs: 0 }),
      };
    },
  };
}

describe('the edge runtime', () => {
  const post = async (body: object, secret = 'edge-secret'): Promise<[number, unknown]> => {
    const delivery = signDelivery(body, { secret, format: 'server' });
    const response = await fetch(`${server.origin}/edge`, {
      method: 'POST',
      ...delivery,
      body: delivery.body as BodyInit,
    });
    return [response.status, await response.json()];
  };

  it('handles, knows duplicates, refuses and fails like any other', async () => {
    const created = sampleEvent('person.created', { format: 'server' });
    const [status, answer] = await post(created);
    expect([status, answer]).toEqual([200, { status: 'handled', id: expect.stringMatching(/^evt_[0-9a-f]{32}$/) }]);
    expect(await post(created)).toEqual([200, { ...(answer as object), status: 'duplicate' }]);
    expect(await post(created, 'wrong')).toEqual([401, { error: 'SIGNATURE_MISMATCH' }]);
    expect(await post(sampleEvent('person.deleted', { format: 'server' }))).toEqual([500, { error: 'HANDLER_FAILED' }]);
    expect(await post(sampleEvent('note.created', { format: 'server' }))).toMatchObject([200, { status: 'ignored' }]);
  });
});

describe('an inbox in a file, in the built app', () => {
  let folder: string;
  let running: NextProcess | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'next-inbox-'));
  });
  afterEach(async () => {
    await running?.end('SIGKILL');
    rmSync(folder, { recursive: true });
  });

  const handledFile = (): string => join(folder, 'handled.txt');
  /** Handlers end when it is there. */
  const endFile = (): string => join(folder, 'end');
  const start = (): Promise<NextProcess> =>
    startNextProcess({ INBOX_FILE: join(folder, 'inbox.sqlite'), HANDLED_FILE: handledFile(), END_FILE: endFile() });
  const handled = (): string[] =>
    readFileSync(handledFile(), { encoding: 'utf8', flag: 'a+' }).split('\n').slice(0, -1);
  const event = sampleEvent('person.created', { format: 'server' });
  const post = async ({ origin }: NextProcess): Promise<{ status: string; id: string }> => {
    const { headers, body } = signDelivery(event, { secret: 'inbox-secret' });
    const response = await fetch(`${origin}/inbox`, { method: 'POST', headers, body: body as BodyInit });
    return (await response.json()) as { status: string; id: string };
  };

  it('answers before the handler has ended, and SIGTERM waits for it', async () => {
    running = await start();
    const { status, id } = await post(running);
    expect(status).toBe('accepted');
    expect(handled().filter((line) => line.startsWith('ended'))).toEqual([]);
    await expect.poll(handled).toEqual([`begun ${id} 1`]);
    const ended = running.end('SIGTERM');
    await sleep(500);
    writeFileSync(endFile(), '');
    expect(await ended).toBe(0);
    expect(handled()).toEqual([`begun ${id} 1`, `ended ${id} 1`]);
  });

  it('runs what a killed process left before any request comes, and knows it', async () => {
    running = await start();
    const { id } = await post(running);
    await expect.poll(handled).toEqual([`begun ${id} 1`]);
    expect(await running.end('SIGKILL')).toBe('SIGKILL');
    writeFileSync(endFile(), '');
    running = await start();
    await expect.poll(handled).toEqual([`begun ${id} 1`, `begun ${id} 2`, `ended ${id} 2`]);
    expect(await post(running)).toEqual({ status: 'duplicate', id });
  });
});
