import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { describeWith, findProgram } from '@twenty-webhooks/services';
import { signDelivery, startTestServer } from '@twenty-webhooks/testing';
import { expect, onTestFinished, test } from 'vitest';
import type { DeliveryDetail } from '../src/listen/inspector-api.ts';
import { toCurl } from '../src/listen/to-curl.ts';
import { ask, secret, startTestListen } from './listen-fixture.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

const bodies: readonly (readonly [string, Uint8Array])[] = [
  ['compact JSON', bytes('{"a":1}')],
  ['every kind of quote', bytes(`{"a":"it's \\"so\\" \`id\` $(id) $HOME !! \\\\"}`)],
  ['line ends', bytes('{\n  "a": 1\n}\n')],
  ['carriage returns and tabs', bytes('{\r\n\t"a": 1}\r\n')],
  ['other scripts', bytes('{"a":"Zoë 🚀 日本"}')],
  ['a byte order mark', bytes('\ufeff{"a":1}')],
  ['what curl takes for a file', bytes('@/etc/hostname')],
  ['no UTF-8', Uint8Array.of(0x7b, 0xff, 0xfe, 0x7d)],
  ['a NUL', Uint8Array.of(0x61, 0x00, 0x62)],
  ['escape sequences, which end a paste', bytes('{"a":"\x1b[201~\nid\n\x9b"}')],
  ['nothing', new Uint8Array()],
  ['more than an argument may have', bytes(`{"a":"${"it's ".repeat(60_000)}"}`)],
];

describeWith(findProgram('curl'), 'the command to copy, in bash with curl', () => {
  test.each(bodies)('sends the same bytes: %s', async (_what, body) => {
    const { seen, origin } = await startTarget();
    const command = toCurl(`${origin}/x`, { method: 'POST', headers: [['content-type', 'application/json']], body });
    await bash(command);
    expect(seen).toMatchObject([{ method: 'POST', url: '/x' }]);
    expect(seen[0]?.body.equals(body)).toBe(true);
    const names = seen[0]?.rawHeaders.filter((_, index) => index % 2 === 0);
    expect(names).toEqual(['Host', 'content-type', 'Content-Length']);
  });

  test('sends the same headers and none of its own', async () => {
    const { seen, origin } = await startTarget();
    const headers = [
      ['X-One', `it's "$HOME" \`id\` \\ !`],
      ['x-empty', ''],
      ['X-One', 'again'],
      ['x-latin', '\xe9'],
      ['x-tab', 'a\tb'],
    ] as const;
    await bash(toCurl(`${origin}/x`, { method: 'POST', headers, body: bytes('{}') }));
    const { rawHeaders = [] } = seen[0] ?? {};
    const names = rawHeaders.filter((_, index) => index % 2 === 0);
    expect(names).toEqual(['Host', ...headers.map(([name]) => name), 'Content-Length']);
    expect(rawHeaders.slice(2, -2)).toEqual(headers.flat());
  });

  test.each([
    ['GET', '/a?b=[1]&c={x,y}'],
    ['HEAD', '/'],
    ['DELETE', "/it's"],
    ['PUT', '/$(id)'],
    ['GET', '/a/../b/./c/..'],
    ['GET', '/a#b#c'],
  ])('sends %s %s', async (method, path) => {
    const { seen, origin } = await startTarget();
    await bash(toCurl(origin + path, { method, headers: [], body: new Uint8Array() }));
    expect(seen).toMatchObject([{ method, url: path }]);
  });

  test('of a delivery is a delivery again', async () => {
    const { receiveUrl, deliver, get } = await startTestListen();
    await deliver(`{"eventName": "person.created", "record": {"id":"1","name":"it's"}}`);
    const detail = await get<DeliveryDetail>('deliveries/1');
    expect(detail.curl).toContain(receiveUrl);
    expect(await bash(detail.curl)).toMatch(/^HTTP\/1\.1 200 [\s\S]*"duplicate"/);
    const again = await get<DeliveryDetail>('deliveries/2');
    const names = (headers: DeliveryDetail['headers']) =>
      headers
        .map(([name]) => name.toLowerCase())
        .filter((name) => name !== 'connection')
        .sort();
    expect(names(again.headers)).toEqual(names(detail.headers));
    expect(again.body).toBe(detail.body);
  });

  test('also of one that was no POST and came to another path', async () => {
    const { origin, get } = await startTestListen();
    const { headers } = signDelivery('', { secret });
    await ask(`${origin}/?from=redirect`, { headers });
    expect(await bash((await get<DeliveryDetail>('deliveries/1')).curl)).toMatch(/^HTTP\/1\.1 405/);
    expect(await get('deliveries/2')).toMatchObject({ method: 'GET', path: '/?from=redirect' });
  });
});

/** What bash makes of a command, with nothing of the machine's own curl settings. */
function bash(command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    // By standard input, since an argument may have 128 KiB.
    const child = execFile('bash', ['-e'], { timeout: 30_000 }, (error, stdout) =>
      error ? reject(error) : resolve(stdout),
    );
    child.stdin?.end(`set -o pipefail\n${command.replace(/(^|\| )curl /, '$1curl -q -sS ')}\n`);
  });
}

async function startTarget() {
  const seen: { method: string | undefined; url: string | undefined; rawHeaders: string[]; body: Buffer }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const { method, url, rawHeaders } = request;
      seen.push({ method, url, rawHeaders, body: Buffer.concat(chunks) });
      response.end();
    });
  });
  const { origin, close } = await startTestServer(server);
  onTestFinished(close);
  return { seen, origin };
}
