import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sampleEvent, signDelivery } from '@twenty-webhooks/testing';
import { afterAll, afterEach, beforeEach, expect, it, vi } from 'vitest';
import {
  originToken,
  type SwitchableOrigin,
  startSwitchableOrigin,
} from '../../apps/edge-forward/test/switchable-origin.ts';

// The sample beyond workerd, as its README says: what each runtime's own fetch and server make of it.

const app = join(import.meta.dirname, '../../apps/edge-forward');
const installed = (path: string): string => join(import.meta.dirname, '../node_modules', path);
const secret = 'beyond-workerd';
const cache = mkdtempSync(join(tmpdir(), 'deno-'));
const denoOptions = '--no-lock --no-remote --node-modules-dir=manual --allow-net --allow-env --host=127.0.0.1 --port=0';
const onNode = `
  import { serve } from ${JSON.stringify(import.meta.resolve('@hono/node-server'))};
  import app from ${JSON.stringify(`file://${app}/src/index.ts`)};
  const report = ({ port }) => console.log('http://127.0.0.1:' + port);
  serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: '127.0.0.1' }, report);
`;

let origin: SwitchableOrigin;
const children: ChildProcess[] = [];
beforeEach(async () => {
  origin = await startSwitchableOrigin(secret);
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await origin.close();
});
afterAll(() => rmSync(cache, { recursive: true, force: true }));

it.each<[string, readonly string[]]>([
  ['Bun', [installed('bun/bin/bun.exe'), '--no-install', 'src/index.ts']],
  ['Deno', [installed('deno/deno'), 'serve', ...denoOptions.split(' '), 'src/index.ts']],
  ['Node', [process.execPath, '--input-type=module', '--eval', onNode]],
])(
  'edge-forward on %s',
  async (_name, [file = '', ...args]) => {
    const { PATH = '', HOME = '' } = process.env;
    const runtime = {
      PATH,
      HOME,
      PORT: '0',
      DENO_DIR: cache,
      DENO_NO_UPDATE_CHECK: '1',
      DO_NOT_TRACK: '1',
      NO_COLOR: '1',
    };
    const start = async (timeoutMs: number) => {
      const variables = {
        TWENTY_WEBHOOK_SECRET: secret,
        ORIGIN_URL: origin.url,
        ORIGIN_TIMEOUT_MS: String(timeoutMs),
      };
      const child = spawn(file, args, { cwd: app, env: { ...runtime, ...variables }, stdio: 'pipe' });
      children.push(child);
      const ended = once(child, 'exit');
      let output = '';
      for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => (output += text));
      // Each says the port that it has got in a line of its own.
      const port = await vi.waitFor(
        () => /http:\/\/[\w.]+:(\d+)\/?\n/.exec(output)?.[1] ?? Promise.reject(new Error(output)),
        30_000,
      );
      const kill = async (): Promise<void> => {
        child.kill('SIGKILL');
        await ended;
      };
      return { url: `http://127.0.0.1:${port}/webhooks/twenty`, output: () => output, kill };
    };
    // Patient with an origin that answers, on a machine that may be busy; hasty with one that does not.
    const [{ url, output, kill }, hasty] = await Promise.all([start(4_000), start(400)]);

    for (const behaviour of ['receive', 302, 500, 'hang', 'hang up', 'break off', 'stall'] as const) {
      origin.behaviour = behaviour;
      const { headers, body } = newDelivery();
      const isSilent = behaviour === 'hang' || behaviour === 'stall';
      const { status } = await fetch(isSilent ? hasty.url : url, { method: 'POST', headers, body });
      expect([behaviour, status]).toEqual([behaviour, behaviour === 'receive' ? 200 : 503]);
      expect(origin.arrived.at(-1)?.body.equals(body)).toBe(true);
    }
    origin.behaviour = 'receive';
    const { headers, body } = newDelivery();
    expect(await postInChunks(url, { headers, chunks: [body.subarray(0, 10), body.subarray(10)] })).toBe(200);
    expect(origin.arrived.at(-1)?.body.equals(body)).toBe(true);
    const count = origin.arrived.length;
    // No more than it takes to tell: what a server does not read may cost its answer.
    const tooMuch = [new Uint8Array(5 * 1024 * 1024), new Uint8Array(1)];
    expect(await postInChunks(url, { headers, chunks: tooMuch })).toBe(413);
    expect((await fetch(url, { method: 'POST', headers, body: '{"event":"note.created"}' })).status).toBe(401);
    expect([origin.arrived.length, origin.strays]).toEqual([count, []]);

    await origin.close();
    const logged = output().length;
    expect((await fetch(url, { method: 'POST', headers, body })).status).toBe(503);
    await expect.poll(() => output().slice(logged)).toMatch(/has not taken evt_\w+: .*(refused|unable to connect)/i);
    for (const hidden of [secret, originToken]) expect(output() + hasty.output()).not.toContain(hidden);
    await Promise.all([kill(), hasty.kill()]);
  },
  60_000,
);

const newDelivery = () => signDelivery(`${JSON.stringify(sampleEvent('note.created'), undefined, 3)}\n`, { secret });

interface ChunkedRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly chunks: readonly Uint8Array[];
}

/** Post without a `content-length`; gives the status. */
async function postInChunks(url: string, { headers, chunks }: ChunkedRequest): Promise<number | undefined> {
  const request = httpRequest(url, { method: 'POST', headers }).on('error', () => {});
  const answered = new Promise<number | undefined>((resolve, reject) => {
    request.on('response', ({ statusCode }) => resolve(statusCode)).on('close', () => reject(new Error('no answer')));
  });
  for (const chunk of chunks) request.write(chunk);
  request.end();
  try {
    return await answered;
  } finally {
    request.destroy();
  }
}
