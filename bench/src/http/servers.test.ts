import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { makeBodies } from '../bodies.ts';
import { toHeaders } from '../contenders/twenty.ts';
import { path } from './running-server.ts';
import { servers } from './servers.ts';
import { requireStored } from './stored.ts';
import { type Variant, variants } from './variant.ts';

// Refusals are wanted here.
beforeAll(() => void vi.spyOn(console, 'warn').mockImplementation(() => {}));

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'twenty-bench-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** What the first delivery of an event and a second one are answered with. */
const answers: Record<Variant, readonly [unknown, unknown]> = {
  bare: [{ ok: true }, { ok: true }],
  'by hand': [{ ok: true }, { ok: true }],
  "adapter, idempotency 'off'": [has('handled'), has('handled')],
  'adapter, default settings': [has('handled'), has('duplicate')],
  'adapter, sqliteInbox': [has('accepted'), has('duplicate')],
};

// Speed counts only of what does its work.
const cases = Object.entries(servers).flatMap(([name, start]) => variants.map((variant) => ({ name, variant, start })));

describe.each(cases)('$name $variant', ({ variant, start }) => {
  test('accepts a genuine delivery, and sees a second one if it should', async () => {
    const server = await start(variant, folder);
    const [body = Buffer.alloc(0)] = makeBodies('1.4 kB', 1);
    const { connection, ...headers } = toHeaders(body);
    const send = () => post(server.port, headers, body);
    const [first, again] = answers[variant];
    expect(await send()).toEqual([200, first]);
    expect(await send()).toEqual([200, again]);
    await server.close();
    if (variant === 'adapter, sqliteInbox') await requireStored(folder, 1);
  });
});

// A bare server takes everything.
const refusing = cases.filter(({ variant }) => variant !== 'bare');

describe.each(refusing)('$name $variant', ({ variant, start }) => {
  test('refuses a delivery with one other byte', async () => {
    const server = await start(variant, folder);
    const [body = Buffer.alloc(0)] = makeBodies('1.4 kB', 1);
    const { connection, ...headers } = toHeaders(body);
    body[body.indexOf('Zo')] = 0x7a;
    expect(await post(server.port, headers, body)).toEqual([
      401,
      { error: variant === 'by hand' ? 'not genuine' : 'SIGNATURE_MISMATCH' },
    ]);
    await server.close();
  });
});

function has(status: string): unknown {
  return expect.objectContaining({ status });
}

async function post(port: number, headers: Record<string, string>, body: Buffer): Promise<[number, unknown]> {
  const request = { method: 'POST', headers: { ...headers, connection: 'close' }, body: new Uint8Array(body) };
  const response = await fetch(`http://127.0.0.1:${port}${path}`, request);
  return [response.status, await response.json()];
}
