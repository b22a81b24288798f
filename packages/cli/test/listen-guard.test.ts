import { describe, expect, test } from 'vitest';
import type { DeliverySummary } from '../src/listen/inspector-api.ts';
import { ask, startTestListen } from './listen-fixture.ts';

interface List {
  readonly deliveries: readonly DeliverySummary[];
  readonly total: number;
}

describe('who may see the inspector', () => {
  const paths = ['/', '/_inspector/info', '/_inspector/deliveries', '/_inspector/inspector.js', '/_inspector/stream'];
  const ownHosts = (port: string): string[] => [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`];

  test('the browser of this machine', async () => {
    const { origin } = await startTestListen();
    for (const host of ownHosts(new URL(origin).port)) {
      const own = { host, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' };
      for (const headers of [{ host }, own, { host, 'sec-fetch-site': 'none' }]) {
        for (const path of paths.slice(0, -1)) {
          expect([path, headers, (await ask(origin + path, { headers })).status]).toEqual([path, headers, 200]);
        }
      }
    }
  });

  test('nobody by another name (DNS rebinding)', async () => {
    const { origin } = await startTestListen();
    const { port } = new URL(origin);
    const hosts = [
      `evil.example:${port}`,
      '127.0.0.1',
      '127.0.0.1:1',
      `127.0.0.1:${port}.evil.example`,
      `0.0.0.0:${port}`,
    ];
    for (const host of hosts) {
      for (const path of paths) {
        const { status, text } = await ask(origin + path, { headers: { host } });
        expect([host, path, status, text]).toEqual([host, path, 403, expect.stringContaining('HOST_UNKNOWN')]);
      }
    }
  });

  test('nobody through a tunnel, even if it writes our Host', async () => {
    const { origin } = await startTestListen();
    for (const name of ['X-Forwarded-For', 'forwarded', 'cf-connecting-ip']) {
      for (const path of paths) {
        const { status, text } = await ask(origin + path, { headers: { [name]: '203.0.113.9' } });
        expect([name, path, status, text]).toEqual([name, path, 403, expect.stringContaining('CAME_THROUGH_PROXY')]);
      }
    }
  });

  test('no page of another origin, not even of another port here', async () => {
    const { origin, send, get } = await startTestListen();
    await send('person.created');
    const refused = [
      { origin: 'http://localhost:3000', 'sec-fetch-site': 'same-site' },
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ];
    const json = { 'content-type': 'application/json' };
    const body = JSON.stringify({ url: origin, sign: 'original' });
    for (const headers of refused as readonly Record<string, string>[]) {
      for (const [method, path] of [
        ['GET', 'deliveries'],
        ['DELETE', 'deliveries'],
        ['POST', 'deliveries/1/replay'],
      ] as const) {
        const sent = method === 'POST' ? { headers: { ...headers, ...json }, body } : { headers };
        const answer = await ask(`${origin}/_inspector/${path}`, { method, ...sent });
        expect([method, headers, answer.status]).toEqual([method, headers, 403]);
      }
    }
    expect((await get<List>('deliveries')).total).toBe(1);
  });

  test('the page may be opened by a link from elsewhere', async () => {
    const { origin } = await startTestListen();
    expect((await ask(`${origin}/?x#y`, { headers: { 'sec-fetch-site': 'cross-site' } })).status).not.toBe(403);
  });

  test('a form cannot replay', async () => {
    const { origin, send } = await startTestListen();
    await send('person.created');
    const body = JSON.stringify({ url: origin, sign: 'original' });
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'text/plain; application/json']) {
      const headers = { 'content-type': type };
      expect((await ask(`${origin}/_inspector/deliveries/1/replay`, { method: 'POST', headers, body })).status).toBe(
        415,
      );
    }
  });

  test('everything says what a browser must not do with it', async () => {
    const { origin } = await startTestListen();
    for (const path of [...paths.slice(0, -1), '/_inspector/nothing', '/favicon.ico']) {
      const { headers } = await ask(origin + path, {});
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-resource-policy': 'same-origin',
        'cache-control': 'no-store',
        'content-security-policy':
          "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      });
      expect(headers).not.toHaveProperty('access-control-allow-origin');
    }
  });

  test('it listens on loopback only', async () => {
    const { origin } = await startTestListen();
    expect(new URL(origin).hostname).toBe('127.0.0.1');
    // Another loopback address of this machine, on which a server for all addresses would answer too.
    await expect(ask(origin.replace('127.0.0.1', '127.0.0.2'), {})).rejects.toThrow('ECONNREFUSED');
  });
});
