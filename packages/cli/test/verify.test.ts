import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWith, findProgram } from '@twenty-webhooks/services';
import { sampleEvent, signDelivery } from '@twenty-webhooks/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runCli } from './run-cli.ts';
import { startInTmux } from './tmux.ts';

const secret = 'only for tests';
const env = { TWENTY_WEBHOOK_SECRET: secret };

/** A delivery as files, in a folder of its own. */
async function savedDelivery({ ageMs = 0, change = (body: string): string => body } = {}) {
  const cwd = await mkdtemp(join(tmpdir(), 'verify-'));
  onTestFinished(() => rm(cwd, { recursive: true }));
  const event = sampleEvent('person.created');
  const { headers, body } = signDelivery(event, { secret, timestamp: Date.now() - ageMs });
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const changed = change(Buffer.from(body).toString());
  await writeFile(join(cwd, 'body.json'), changed);
  await writeFile(join(cwd, 'headers.txt'), lines.join('\r\n'));
  await writeFile(join(cwd, 'request.txt'), ['POST /x HTTP/1.1', ...lines, '', changed].join('\r\n'));
  const signature = headers['x-twenty-webhook-signature'] ?? '';
  return { cwd, headers, lines, body: changed, signature };
}

const files = ['verify', '--body', 'body.json', '--headers', 'headers.txt'];

test('a genuine delivery: 0, and what it is', async () => {
  const { cwd } = await savedDelivery();
  const { code, out, error } = await runCli(files, { cwd, env });
  expect(out).toMatch(/^✓ Genuine\n {2}event {5}person\.created, evt_[0-9a-f]{32}\n/);
  expect({ code, error }).toEqual({ code: 0, error: '' });
});

test('a changed body: 1, why, and the line of each framework; neither secret nor signature', async () => {
  const { cwd, signature } = await savedDelivery({ change: (body) => JSON.stringify(JSON.parse(body), null, 2) });
  const { code, out, error } = await runCli(files, { cwd, env });
  expect(code).toBe(1);
  expect(out).toContain('✗ Not genuine: body-pretty-printed\n');
  expect(out).toContain('express.json()');
  expect(out).toContain("addContentTypeParser('application/json', { parseAs: 'buffer' }");
  expect(out).toContain('export const config = { api: { bodyParser: false } };');
  expect(out).toContain('401 SIGNATURE_MISMATCH');
  expect(out).not.toContain('\x1b');
  for (const hidden of [secret, signature]) expect(out + error).not.toContain(hidden);
});

test('--json', async () => {
  const { cwd, signature } = await savedDelivery({ change: (body) => `${body}\n` });
  const { code, out } = await runCli([...files, '--json'], { cwd, env });
  expect(code).toBe(1);
  expect(JSON.parse(out)).toMatchObject({
    genuine: false,
    cause: 'body-newline-added',
    code: 'SIGNATURE_MISMATCH',
    scheme: 'timestamped',
    secretIndex: 0,
    event: 'person.created',
    framework: { express: expect.stringContaining('express.raw') },
    evidence: { proven: true },
  });
  for (const hidden of [secret, signature]) expect(out).not.toContain(hidden);
});

describe('ways to give a delivery', () => {
  test('a raw request, with a file of secrets', async () => {
    const { cwd } = await savedDelivery();
    await writeFile(join(cwd, '.env'), `TWENTY_WEBHOOK_SECRET="${secret}"\n`);
    expect(await runCli(['verify', '--request', 'request.txt', '--env-file', '.env'], { cwd })).toMatchObject({
      code: 0,
    });
  });

  test('body from standard input, headers one by one', async () => {
    const { lines, body } = await savedDelivery();
    const args = ['verify', '--body', '-', ...lines.flatMap((line) => ['-H', line])];
    expect(await runCli(args, { input: body, env })).toMatchObject({ code: 0 });
  });

  test('headers as JSON from standard input, several secrets', async () => {
    const { cwd, headers } = await savedDelivery();
    const args = [
      'verify',
      '--body',
      'body.json',
      '--headers',
      '-',
      '--json',
      '--secret',
      'another',
      '--secret',
      secret,
    ];
    const { code, out, error } = await runCli(args, { cwd, input: JSON.stringify(headers) });
    expect({ code, ...JSON.parse(out) }).toMatchObject({ code: 0, genuine: true, secretIndex: 1 });
    expect(error).toContain('shell history');
  });
});

test('a GET that a redirect made of a delivery', async () => {
  const { cwd, lines } = await savedDelivery();
  await writeFile(join(cwd, 'get.txt'), ['GET /x HTTP/1.1', ...lines, '', ''].join('\r\n'));
  const { code, out } = await runCli(['verify', '--request', 'get.txt'], { cwd, env });
  expect(code).toBe(1);
  expect(out).toContain('✗ Not genuine: redirected\n');
  expect(out).toContain('405 METHOD_NOT_ALLOWED');
});

describe('time', () => {
  test('an old one is right but stale, and says what to do; then it is genuine', async () => {
    const { cwd, headers } = await savedDelivery({ ageMs: 3 * 86_400_000 });
    const stale = await runCli(files, { cwd, env });
    expect(stale.code).toBe(1);
    expect(stale.out).toContain('✗ Signature right, but refused: stale\n');
    expect(stale.out).toContain('3 days old');
    expect(stale.out).toContain('--now signed');
    const signedMs = Number(headers['x-twenty-webhook-timestamp']);
    for (const now of ['signed', new Date(signedMs).toISOString()]) {
      expect(await runCli([...files, '--now', now], { cwd, env }), now).toMatchObject({ code: 0 });
    }
    expect(await runCli([...files, '--tolerance-seconds', '300000'], { cwd, env })).toMatchObject({ code: 0 });
  });
});

test('an event whose name moves the cursor is shown, not obeyed', async () => {
  const { cwd } = await savedDelivery({ change: () => '{"eventName":"person.\\u001b[2J\\u009b2J"}' });
  for (const more of [[], ['--json']]) {
    const { out } = await runCli([...files, ...more], { cwd, env });
    expect(out).toContain('x1b[2J');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
    expect(out).not.toMatch(/[\x1b\x9b]/);
  }
});

describe('what cannot be done: 2, and how to do it', () => {
  test.each([
    [[], env, '--body FILE'],
    [['--body', 'request.txt', '--headers', 'headers.txt'], env, '--request request.txt'],
    [[...files.slice(1), '--now', 'yesterday'], env, '--now is'],
    [[...files.slice(1), '--tolerance-seconds', '-1'], env, '--tolerance-seconds'],
    [[...files.slice(1), '--tolerance-seconds', '999999999999'], env, 'not over 2147483647'],
    [files.slice(1), {}, 'TWENTY_WEBHOOK_SECRET'],
  ])('%j', async (args, variables, message) => {
    const { cwd } = await savedDelivery();
    const { code, out, error } = await runCli(['verify', ...args], { cwd, env: variables });
    expect(error).toContain(message);
    expect({ code, out }).toEqual({ code: 2, out: '' });
  });
});

describeWith(findProgram('tmux'), 'in a terminal', (tmux) => {
  test('nobody is asked for a secret, nor has to type a body in vain, where standard input is the body', async () => {
    const terminal = await startInTmux(tmux, ['verify', '--body', '-', '-H', 'X-Twenty-Signature: sha256=ab']);
    await expect.poll(async () => (await terminal.screen()).join('\n'), { timeout: 30_000 }).toContain('ended with 2');
    expect((await terminal.screen()).join('\n')).toContain('No secret.');
  });
});
