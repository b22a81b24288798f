import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingHttpHeaders, RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createReceiver, type TwentyEvent, verifySignature } from '@twenty-webhooks/core';
import { toNodeHandler } from '@twenty-webhooks/core/node';
import { startTestServer } from '@twenty-webhooks/testing';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { version } from '../src/version.ts';
import { type CliOptions, runCli, startCli } from './run-cli.ts';

const secret = 'kept-to-ourselves-7f3a';
const env = { TWENTY_WEBHOOK_SECRET: secret };

/** Run `send`; neither form of output may ever hold the secret. */
async function send(args: readonly string[], options: CliOptions = {}) {
  const result = await runCli(['send', ...args], { env, ...options });
  expect(result.out + result.error).not.toContain(secret);
  return result;
}

async function sendJson(args: readonly string[], options?: CliOptions) {
  const { out, code } = await send([...args, '--json'], options);
  return { code, ...JSON.parse(out) };
}

/** A receiver of this project, which handles persons. */
async function startReceiver(options: { readonly unsigned?: 'accept' } = {}) {
  const events: TwentyEvent[] = [];
  const logger = { warn: () => {}, error: () => {} };
  const receiver = createReceiver({
    ...(options.unsigned ? options : { secret }),
    logger,
    on: { 'person.*': (event) => void events.push(event) },
  });
  const { to } = await startServer(toNodeHandler(receiver));
  onTestFinished(() => receiver.close({ graceMs: 0 }));
  return { to, events };
}

/** A server that keeps what it got. */
async function startServer(listener: RequestListener) {
  const requests: { headers: IncomingHttpHeaders; body: Buffer }[] = [];
  const server = await startTestServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => requests.push({ headers: request.headers, body: Buffer.concat(chunks) }));
    listener(request, response);
  });
  onTestFinished(() => server.close());
  return { to: `${server.origin}/webhooks/twenty`, requests };
}

const answerOk: RequestListener = (request, response) => void request.resume().on('end', () => response.end('OK'));

function writeTemporary(content: string | Uint8Array): string {
  const folder = mkdtempSync(join(tmpdir(), 'send-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'body.json'), content);
  return join(folder, 'body.json');
}

describe('a genuine delivery', () => {
  test('is handled, and said in three lines at most', async () => {
    const { to, events } = await startReceiver();
    const { code, out, error } = await send(['person.created', '--to', to, '--set', 'record.name.firstName=Ada']);
    expect(out).toMatch(
      /^person\.created \(server format\) to http:\/\/127\.0\.0\.1:\d+\/webhooks\/twenty\n200 in [\d.,]+ ms {2}\{"status":"handled","id":"evt_[0-9a-f]{32}"\}\n$/,
    );
    expect({ code, error }).toEqual({ code: 0, error: '' });
    expect(events).toMatchObject([{ event: 'person.created', format: 'server' }]);
    expect(events[0]).toHaveProperty('data.attributes.name.firstName', 'Ada');
  });

  test('is one in the other format too, with the id in --json that the receiver sees', async () => {
    const { to, events } = await startReceiver();
    const args = ['person.updated', '--to', to, '--format', 'envelope', '--set', 'data.attributes.firstName="7"'];
    const { code, url, event, format, deliveries, summary } = await sendJson(args);
    expect({ code, url, event, format }).toEqual({ code: 0, url: to, event: 'person.updated', format: 'envelope' });
    expect(events).toMatchObject([{ format: 'envelope', data: { attributes: { firstName: '7' } } }]);
    expect(deliveries).toMatchObject([{ eventId: events[0]?.id, status: 200, verdict: 'right' }]);
    expect(summary).toMatchObject({ sent: 1, right: 1, results: { '200': 1 }, isInterrupted: false });
  });

  test('that is refused says why', async () => {
    const { to } = await startReceiver();
    const { code, out, error } = await send(['person.created', '--to', to], {
      env: { TWENTY_WEBHOOK_SECRET: 'not-that-one-91c' },
    });
    expect(code).toBe(1);
    expect(out).toMatch(/^401 SIGNATURE_MISMATCH: another secret, or something .* changed the body\.$/m);
    expect(out + error).not.toContain('not-that-one');
  });

  test('needs no secret with --unsigned', async () => {
    // A receiver would take it, and then not accept what is unsigned.
    vi.stubEnv('TWENTY_WEBHOOK_SECRET', undefined);
    onTestFinished(() => void vi.unstubAllEnvs());
    const { to, events } = await startReceiver({ unsigned: 'accept' });
    expect(await send(['person.created', '--to', to, '--unsigned'], { env: {} })).toMatchObject({ code: 0, error: '' });
    expect(events).toHaveLength(1);
  });

  test('is not sent without a secret', async () => {
    const { to, requests } = await startServer(answerOk);
    const result = await sendJson(['person.created', '--to', to], { env: {} });
    expect(result).toMatchObject({ code: 2, error: { code: 'SECRET_MISSING' } });
    expect(requests).toEqual([]);
  });

  test('of a misspelt event is sent with a warning', async () => {
    const { to } = await startReceiver();
    const { code, error } = await send(['person.creatd', '--to', to]);
    expect({ code, error }).toEqual({ code: 0, error: expect.stringContaining('did you mean person.created?') });
  });
});

describe('a file', () => {
  const hostile = '{ "eventName": "person.created",\r\n "record": {"id":"\\u0061","n":1.0} }\n';

  test('is sent byte by byte, signed now', async () => {
    const { to, requests } = await startServer(answerOk);
    expect(await send(['--file', writeTemporary(hostile), '--to', to])).toMatchObject({ code: 0 });
    expect(requests[0]?.body.toString()).toBe(hostile);
    const { body, headers } = requests[0] ?? { body: Buffer.of(), headers: {} };
    expect(await verifySignature(body, headers, { secret })).toMatchObject({ scheme: 'timestamped' });
    expect(headers['user-agent']).toBe(`twenty-webhooks/${version}`);
  });

  test('may be standard input, and has the signature of its own format', async () => {
    const { to, requests } = await startServer(answerOk);
    const input = '{"id":"e","event":"task.created","timestamp":"2024-01-01T12:00:00Z","workspaceId":"w","data":{}}';
    const { code, out } = await send(['--file', '-', '--to', to], { input });
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('task.created (envelope format)') });
    expect(requests[0]?.headers).toHaveProperty('x-twenty-signature');
    expect(requests[0]?.headers).not.toHaveProperty('x-twenty-webhook-signature');
  });

  test('becomes compact JSON with --set', async () => {
    const { to, requests } = await startServer(answerOk);
    await send(['--file', writeTemporary(hostile), '--set', 'record.id=x', '--to', to]);
    expect(requests[0]?.body.toString()).toBe('{"eventName":"person.created","record":{"id":"x","n":1}}');
  });
});

describe('a spoiled delivery', () => {
  test.each(['--tamper', '--stale'])('%s: a receiver that refuses it is right', async (twist) => {
    const { to, events } = await startReceiver();
    const { code, out } = await send(['person.created', '--to', to, twist]);
    expect({ code, out }).toEqual({
      code: 0,
      out: expect.stringMatching(/\ngenuine {3}200 in .*\n(tampered|stale {3}) {2}401 in .*\nRefused, as it should be/),
    });
    expect(events).toHaveLength(1);
  });

  test('proves nothing where a genuine one is refused as well', async () => {
    const { to, requests } = await startServer((request, response) => {
      request.resume();
      response.writeHead(400).end('no');
    });
    const { code, deliveries, summary } = await sendJson(['person.created', '--to', to, '--tamper', '--times', '3']);
    expect(code).toBe(1);
    expect(deliveries).toMatchObject([{ isControl: true, status: 400, reason: expect.stringContaining('nothing') }]);
    expect(summary).toMatchObject({ planned: 4, sent: 1 });
    const { body, headers } = requests[0] ?? { body: Buffer.of(), headers: {} };
    expect(await verifySignature(body, headers, { secret })).toMatchObject({ scheme: 'timestamped' });
  });

  test.each([
    ['--tamper', 'Accepts forgeries', 'SIGNATURE_MISMATCH'],
    ['--stale', 'Accepts replays', 'TIMESTAMP_TOO_OLD'],
  ])('%s: an endpoint that takes it is wrong', async (twist, words, verdict) => {
    const { to, requests } = await startServer(answerOk);
    const { code, out } = await send(['person.created', '--to', to, twist]);
    expect({ code, out }).toEqual({ code: 1, out: expect.stringContaining(words) });
    // What it got was wrong in exactly that way, and not the event that it had got before.
    const { body, headers } = requests[1] ?? { body: Buffer.of(), headers: {} };
    await expect(verifySignature(body, headers, { secret })).rejects.toMatchObject({ code: verdict });
    expect(new Set(requests.map(({ body }) => JSON.parse(body.toString()).record.id)).size).toBe(2);
  });

  test('--duplicate: the same bytes under another time, signature and nonce, and recognised', async () => {
    const { to, events } = await startReceiver();
    const { code, out } = await send(['person.created', '--to', to, '--duplicate']);
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('recognised as the same event') });
    expect(events).toHaveLength(1);
    const other = await startServer(answerOk);
    const twice = await send(['person.created', '--to', other.to, '--duplicate', '--times', '2']);
    expect(twice).toMatchObject({ code: 0, out: expect.stringContaining('Accepted all; whether handlers ran twice') });
    const [first, second] = other.requests;
    expect(second?.body.toString()).toBe(first?.body.toString());
    for (const name of ['signature', 'nonce', 'timestamp']) {
      expect(second?.headers[`x-twenty-webhook-${name}`]).not.toBe(first?.headers[`x-twenty-webhook-${name}`]);
    }
  });
});

describe('an endpoint in trouble', () => {
  test('that redirects loses the event; the query of where to is not shown', async () => {
    const { to, requests } = await startServer((request, response) => {
      request.resume();
      response.writeHead(302, { location: '/login?next=secret-place' }).end();
    });
    const { code, out } = await send(['person.created', '--to', to]);
    expect({ code, out }).toEqual({ code: 1, out: expect.stringMatching(/302, redirected to \/login: .*lost/) });
    expect(out).not.toContain('secret-place');
    expect(requests).toHaveLength(1);
  });

  test('that hangs up', async () => {
    const { to } = await startServer((request) => void request.socket.destroy());
    expect(await send(['person.created', '--to', to])).toMatchObject({
      code: 3,
      out: expect.stringMatching(/^ECONNRESET after .*\nThe connection was cut/m),
    });
  });

  test('that is not there', async () => {
    const server = await startTestServer(answerOk);
    await server.close();
    const { code, deliveries } = await sendJson(['person.created', '--to', server.origin]);
    expect(code).toBe(3);
    expect(deliveries).toMatchObject([{ failure: 'ECONNREFUSED', reason: expect.stringMatching(/^Nobody listens/) }]);
  });

  test('cannot play with the terminal, or tell the secret; the URL keeps its password and query to itself', async () => {
    const { to, requests } = await startServer((_request, response) => {
      response.writeHead(400).end(`\x1b[2J\u202e${secret}${'x'.repeat(500)}\nsecond line`);
    });
    const url = `${to.replace('//', '//user:pass-word@')}?token=t0ken`;
    const { code, out } = await send(['person.created', '--to', url]);
    expect(code).toBe(1);
    expect(out).toMatch(/\\x1b\[2J\\u202e••••••••x+…$/m);
    for (const text of ['\x1b', '\u202e', 'second line', 'pass-word', 't0ken']) expect(out).not.toContain(text);
    expect(requests[0]?.headers.authorization).toBe(`Basic ${btoa('user:pass-word')}`);
  });
});

test('what an endpoint says again of what it was told is masked', async () => {
  const { to } = await startServer((request, response) => {
    request.resume();
    response.writeHead(400).end(`${JSON.stringify(request.headers)} ${encodeURIComponent('a secret/1')}`);
  });
  const url = to.replace('//', '//user:pass-word@');
  const args = ['--file', '-', '--to', url];
  const input =
    '{"id":"a secret/1","event":"task.created","timestamp":"2024-01-01T12:00:00Z","workspaceId":"w","data":{}}';
  const { deliveries } = await sendJson(args, { input, env: { TWENTY_WEBHOOK_SECRET: 'a secret/1' } });
  expect(deliveries[0]).toMatchObject({ eventId: '••••••••', answer: expect.stringContaining('••••••••') });
  expect(deliveries[0].answer).not.toMatch(/[0-9a-f]{64}|dXNlcjp|secret/);
});

describe('many deliveries', () => {
  test('are different events, so many at the same time as asked', async () => {
    let [came, now, most] = [0, 0, 0];
    let letGo = (): void => {};
    const everybodyIsThere = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const { to, requests } = await startServer(async (request, response) => {
      came += 1;
      now += 1;
      most = Math.max(most, now);
      const status = came % 40 === 0 ? 500 : 200;
      // The first ones wait for each other, and a little for one too many.
      if (came === 8) setTimeout(letGo, 200);
      request.resume();
      await everybodyIsThere;
      now -= 1;
      response.writeHead(status).end();
    });
    const { code, out } = await send(['person.created', '--to', to, '--times', '120', '--concurrency', '8']);
    expect(new Set(requests.map(({ body }) => JSON.parse(body.toString()).record.id)).size).toBe(120);
    expect(most).toBe(8);
    expect(code).toBe(1);
    expect(out).toMatch(
      /^120 deliveries in [\d.]+ s\n {2}117 × 200\n {4}3 × 500\n {2}p50 .*, p95 .*, slowest .*\n500, /m,
    );
  });

  test('can be stopped with Ctrl-C, and what was done is told', async () => {
    const { to, requests } = await startServer(answerOk);
    const { written, ended, kill } = startCli(['send', 'person.created', '--to', to, '--times', '100000', '--json'], {
      env,
    });
    await expect.poll(() => requests.length, { timeout: 30_000 }).toBeGreaterThan(20);
    kill('SIGINT');
    expect(await ended).toEqual({ code: 130, signal: null });
    const { summary, deliveries } = JSON.parse(written.out);
    expect(summary).toMatchObject({ planned: 100_000, isInterrupted: true, right: summary.sent });
    expect(summary.sent).toBeGreaterThan(15);
    expect(summary.sent).toBeLessThanOrEqual(requests.length);
    expect(deliveries).toEqual([]);
  });

  test('of which there is one only: Ctrl-C says that it had no answer', async () => {
    const { to, requests } = await startServer((request) => void request.resume());
    const { written, ended, kill } = startCli(['send', 'person.created', '--to', to], { env });
    await expect.poll(() => requests.length, { timeout: 30_000 }).toBe(1);
    kill('SIGINT');
    expect(await ended).toEqual({ code: 130, signal: null });
    expect(written.out).toContain('Interrupted before there was an answer.');
  });
});
