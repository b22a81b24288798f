import { beforeAll, describe, expect, test, vi } from 'vitest';
import { makeBodies } from '../bodies.ts';
import { toHeaders } from '../contenders/twenty.ts';
import { path } from './running-server.ts';
import { servers } from './servers.ts';
import { variants } from './variant.ts';

// Refusals are wanted here.
beforeAll(() => void vi.spyOn(console, 'warn').mockImplementation(() => {}));

// Speed counts only of what does its work.
const cases = Object.entries(servers).flatMap(([name, start]) => variants.map((variant) => ({ name, variant, start })));

describe.each(cases)('$name $variant', ({ variant, start }) => {
  const isByHand = variant === 'by hand';

  test('accepts a genuine delivery, and sees a second one if it should', async () => {
    const server = await start(variant);
    const [body = Buffer.alloc(0)] = makeBodies('1.4 kB', 1);
    const { connection, ...headers } = toHeaders(body);
    const send = () => post(server.port, headers, body);
    expect(await send()).toEqual([200, isByHand ? { ok: true } : expect.objectContaining({ status: 'handled' })]);
    const again = variant === 'adapter, default settings' ? 'duplicate' : 'handled';
    expect(await send()).toEqual([200, isByHand ? { ok: true } : expect.objectContaining({ status: again })]);
    await server.close();
  });

  test('refuses a delivery with one other byte', async () => {
    const server = await start(variant);
    const [body = Buffer.alloc(0)] = makeBodies('1.4 kB', 1);
    const { connection, ...headers } = toHeaders(body);
    body[body.indexOf('Zo')] = 0x7a;
    expect(await post(server.port, headers, body)).toEqual([
      401,
      { error: isByHand ? 'not genuine' : 'SIGNATURE_MISMATCH' },
    ]);
    await server.close();
  });
});

async function post(port: number, headers: Record<string, string>, body: Buffer): Promise<[number, unknown]> {
  const request = { method: 'POST', headers: { ...headers, connection: 'close' }, body: new Uint8Array(body) };
  const response = await fetch(`http://127.0.0.1:${port}${path}`, request);
  return [response.status, await response.json()];
}
