import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endAsSoonAsItSays, makeTemporaryFolder } from '@twenty-webhooks/services';
import { sampleEvent, signDelivery, startTestServer } from '@twenty-webhooks/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type CliOptions, runCli, startCli } from './run-cli.ts';

const secret = 'secret-of-the-process';

describe('twenty-webhooks listen', () => {
  test('says where, then one line per delivery, and ends with Ctrl+C', async () => {
    const { cwd, written, receiveUrl, kill, ended } = await startListenProcess();
    // The last thing that it says at its start.
    await expect.poll(() => written.out).toMatch(/OUTBOUND_HTTP_ALLOWED_INTERNAL_HOSTS\.\n\n$/);
    expect(written.out).toMatch(
      /^Inspector +http:\/\/127\.0\.0\.1:\d+\/\nReceives at .*\/webhooks\/twenty\nKeeps +the last 10,000 deliveries in \.twenty-webhooks\n/,
    );
    const start = written.out.length;
    const person = { record: { name: { firstName: 'A\x1b[31m', lastName: 'B' } } };
    await deliver(receiveUrl, sampleEvent('person.created', { overrides: person }));
    await deliver(receiveUrl, sampleEvent('company.updated'), 'wrong');
    await fetch(receiveUrl);
    await expect.poll(() => written.out.slice(start).split('\n')).toHaveLength(4);
    expect(written.out.slice(start)).toMatch(
      /^\d\d:\d\d:\d\d {2}✓ {2}accepted {3}person\.created {2}A\\x1b\[31m B\n\S+ {2}✗ {2}SIGNATURE_MISMATCH {2}company\.updated .*another secret.*\n\S+ {2}✗ {2}METHOD_NOT_ALLOWED {2}GET \/webhooks\/twenty/,
    );
    expect(written.out + written.error).not.toContain(secret);
    expect(await readFile(join(cwd, '.twenty-webhooks', '.gitignore'), 'utf8')).toBe('*\n');
    // What npx does with one Ctrl+C.
    kill('SIGINT');
    kill('SIGINT');
    expect(await ended).toEqual({ code: 0, signal: null });
  });

  test('with --json writes one JSON text a line, each delivery once, also if it is passed on', async () => {
    const { origin: target, close } = await startTestServer((_request, response) => response.writeHead(503).end('no'));
    onTestFinished(close);
    const forward = target.replace('//', '//me:word@');
    const { written, receiveUrl, kill, ended } = await startListenProcess(['--json', '--forward', forward]);
    expect(await deliver(receiveUrl, sampleEvent('note.created'))).toBe(503);
    await expect.poll(() => written.out.split('\n')).toHaveLength(3);
    const [listening, delivery] = written.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(listening).toEqual({
      type: 'listening',
      inspectorUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/$/),
      receiveUrl,
      forwardUrl: `${target}/`,
      folder: expect.stringMatching(/\/\.twenty-webhooks$/),
      keep: 10_000,
      hasSecret: true,
    });
    expect(delivery).toMatchObject({
      type: 'delivery',
      id: 1,
      status: 'accepted',
      event: 'note.created',
      isForwarding: false,
      forward: { url: `${target}/`, status: 503, body: 'no', reason: expect.any(String) },
    });
    expect(written.out + written.error).not.toMatch(/word/);
    kill('SIGTERM');
    expect(await ended).toEqual({ code: 0, signal: null });
  });

  test('ends at once with a second Ctrl+C, while a target keeps it waiting', async () => {
    const { origin: target, close } = await startTestServer(() => {});
    onTestFinished(close);
    const { written, receiveUrl, origin, kill, ended } = await startListenProcess(['--forward', target]);
    const sent = deliver(receiveUrl, sampleEvent('note.created')).catch(() => 'cut');
    await expect
      .poll(async () => (await (await fetch(`${origin}/_inspector/deliveries`)).json()) as object)
      .toMatchObject({ total: 1 });
    kill('SIGINT');
    await expect.poll(() => written.error).toContain('Stopping');
    // Within half a second of what it knows of, it would be the same Ctrl+C.
    await sleep(700);
    kill('SIGINT');
    expect(await ended).toEqual({ code: 130, signal: null });
    expect(await sent).toBe('cut');
  });

  test('ends with 0 at a SIGTERM that comes as soon as it says where it listens', async () => {
    const { path: cwd, remove } = await makeTemporaryFolder();
    onTestFinished(remove);
    const env = { ...withSecret.env, NODE_OPTIONS: endAsSoonAsItSays(/\/webhooks\/twenty/) };
    const { code, error } = await runCli(['listen', '--port', '0'], { cwd, env });
    expect([code, error]).toEqual([0, expect.stringContaining('Stopping')]);
  });

  test('says that its port is taken', async () => {
    const { origin, cwd } = await startListenProcess();
    const { port } = new URL(origin);
    const { code, error, out } = await runCli(['listen', '--port', port, '--json'], { cwd, ...withSecret });
    expect(code).toBe(2);
    expect(error).toMatch(/Port \d+ is taken.*--port/);
    expect(JSON.parse(out)).toMatchObject({ error: { code: 'PORT_TAKEN' } });
  });

  test.each<[string, readonly string[], CliOptions, RegExp]>([
    ['no secret', [], {}, /No secret\. Set TWENTY_WEBHOOK_SECRET/],
    ['a secret beside --unsigned', ['--unsigned'], { env: { TWENTY_WEBHOOK_SECRET: 'hidden' } }, /--unsigned/],
    ['no number for a port', ['--port', 'x'], { env: { TWENTY_WEBHOOK_SECRET: 'hidden' } }, /--port must be/],
    ['no URL', ['--forward', 'localhost:3000'], { env: { TWENTY_WEBHOOK_SECRET: 'hidden' } }, /is no URL/],
    ['no name for a folder', ['--inbox', ''], { env: { TWENTY_WEBHOOK_SECRET: 'hidden' } }, /--inbox must be/],
    ['a folder that cannot be', ['--port', '0', '--inbox', '/dev/null/x'], withSecretOf('hidden'), /cannot be made/],
  ])('does not start with %s', async (_what, args, options, message) => {
    const { code, error, out } = await runCli(['listen', ...args], options);
    expect([code, error]).toEqual([2, expect.stringMatching(message)]);
    expect(out + error).not.toContain('hidden');
  });

  test('with --unsigned needs no secret, and says what that means', async () => {
    const { written, receiveUrl } = await startListenProcess(['--unsigned'], {});
    expect(written.out).toContain('nothing is verified');
    expect(await deliver(receiveUrl, sampleEvent('note.created'), '')).toBe(200);
  });

  test('--help shows examples', async () => {
    const { code, out } = await runCli(['listen', '--help']);
    expect([code, out]).toEqual([0, expect.stringContaining('$ twenty-webhooks listen --forward')]);
  });
});

function withSecretOf(text: string): CliOptions {
  return { env: { TWENTY_WEBHOOK_SECRET: text } };
}
const withSecret = withSecretOf(secret);

/** `listen` on a free port, in an empty working directory. */
async function startListenProcess(args: readonly string[] = [], options: CliOptions = withSecret) {
  const { path: cwd, remove } = await makeTemporaryFolder();
  onTestFinished(remove);
  const cli = startCli(['listen', '--port', '0', ...args], { ...options, cwd });
  const url = /http:\/\/127\.0\.0\.1:\d+(?=\/webhooks\/twenty)/;
  await expect.poll(() => cli.written.out + cli.written.error, { timeout: 30_000 }).toMatch(url);
  const origin = url.exec(cli.written.out)?.[0] ?? '';
  return { ...cli, cwd, origin, receiveUrl: `${origin}/webhooks/twenty` };
}

async function deliver(url: string, body: object, signedWith = secret): Promise<number> {
  const answer = await fetch(url, { method: 'POST', ...signDelivery(body, { secret: signedWith }) });
  await answer.text();
  return answer.status;
}
