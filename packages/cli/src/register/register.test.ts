import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestServer } from '@twenty-webhooks/testing';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { processTerminal } from '../terminal/terminal.ts';
import { type RegisterOptions, register } from './register.ts';

const root = mkdtempSync(join(tmpdir(), 'register-'));
afterAll(() => rmSync(root, { recursive: true }));

const webhook = { id: 'w-1', targetUrl: 'https://new.example.com/', operations: ['person.*'] };

type Reply = (request: IncomingMessage, response: ServerResponse, envFile: string) => unknown;

interface Setting {
  /** What Twenty has. */
  readonly webhooks?: readonly object[];
  readonly options?: Partial<RegisterOptions>;
  /** Without -e. */
  readonly isFileless?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  /** Somebody is there, and answers so when asked. */
  readonly confirm?: () => Promise<boolean>;
}

/** Register a webhook with a server that answers so to what changes something. */
async function registering(reply: Reply, before: string | undefined, setting: Setting = {}) {
  const { webhooks = [], options = {}, env = {}, isFileless = false, confirm } = setting;
  const folder = mkdtempSync(join(root, 'case-'));
  const envFile = join(folder, '.env');
  if (before !== undefined) writeFileSync(envFile, before, { mode: 0o640 });
  const server = await startTestServer((request, response) => {
    if (request.method === 'GET') response.end(JSON.stringify(webhooks));
    else request.resume().on('end', () => reply(request, response, envFile));
  });
  onTestFinished(() => server.close());
  const notes: string[] = [];
  const terminal = {
    ...processTerminal({ isJson: true }),
    env: { TWENTY_API_URL: server.origin, TWENTY_API_KEY: 'canary-key', ...env },
    note: (line: string) => void notes.push(line),
    ...(confirm !== undefined && { isInteractive: true, confirm }),
  };
  const given = { url: webhook.targetUrl, events: ['person.*'], ...(isFileless ? {} : { envFile }), ...options };
  const { exitCode, message = '', json } = await register(terminal, given).catch((error) => error);
  const files = readdirSync(folder);
  const text = files.length === 0 ? undefined : readFileSync(envFile, 'utf8');
  return { exitCode, said: [message, ...notes].join('\n'), json, files, text };
}

const say =
  (status: number, body: unknown): Reply =>
  (_request, response) =>
    response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));

describe('register: the file, when Twenty does not do it', () => {
  it.each([
    ['refused', say(400, { messages: ['no'] }), 2],
    ['a limit', say(429, {}), 3],
  ])('%s: it is as it was', async (_what, reply, exitCode) => {
    const said = expect.stringContaining('is as it was');
    expect(await registering(reply, 'A=1\n')).toMatchObject({ exitCode, said, files: ['.env'], text: 'A=1\n' });
    expect(await registering(reply, undefined)).toMatchObject({ exitCode, said, files: [] });
  });

  it('somebody has written it meanwhile: it is left so, and that is said', async () => {
    const reply: Reply = (request, response, envFile) => {
      appendFileSync(envFile, 'B=2\n');
      say(400, { messages: ['no'] })(request, response, envFile);
    };
    expect(await registering(reply, 'A=1\n')).toMatchObject({
      exitCode: 2,
      said: expect.stringMatching(/written by somebody else.*look whether its TWENTY_WEBHOOK_SECRET is that of Twenty/),
      text: expect.stringMatching(/^A=1\nTWENTY_WEBHOOK_SECRET=\w{64}\nB=2\n$/),
    });
  });

  it.each([
    ['cut', (request: IncomingMessage) => request.socket.destroy(), 3],
    ['a failure', say(500, ''), 3],
    ['a strange answer', say(201, 'ok'), 2],
    ['another strange answer', say(201, { ok: true }), 2],
  ])('%s: it may be done, so the secret stays', async (_what, reply, exitCode) => {
    expect(await registering(reply, 'A=1\n')).toMatchObject({
      exitCode,
      files: ['.env'],
      text: expect.stringMatching(/^A=1\nTWENTY_WEBHOOK_SECRET=[0-9a-f]{64}\n$/),
      said: expect.stringContaining('holds the new secret already'),
    });
  });

  it('the secret is there before Twenty has it', async () => {
    let seen = '';
    const reply: Reply = (_request, response, envFile) => {
      seen = readFileSync(envFile, 'utf8');
      response.writeHead(201).end(JSON.stringify(webhook));
    };
    expect(await registering(reply, undefined)).toMatchObject({ exitCode: 0, text: seen });
    expect(seen).toMatch(/^TWENTY_WEBHOOK_SECRET=[0-9a-f]{64}\n$/);
  });

  it('a server that gives another secret than it was told to: 1', async () => {
    const { exitCode, said } = await registering(say(201, { ...webhook, secret: 'canary-secret' }), undefined);
    expect(exitCode).toBe(1);
    expect(said).toContain('another secret');
    expect(said).not.toContain('canary');
  });
});

const never: Reply = () => expect.unreachable();

describe('register: whether it is done', () => {
  it.each([
    ['a new one', []],
    ['an update', [{ ...webhook, operations: [] }]],
  ])('%s: not after a no', async (_what, webhooks) => {
    expect(await registering(never, 'A=1\n', { webhooks, confirm: async () => false })).toMatchObject({
      exitCode: 1,
      json: { result: 'cancelled' },
      text: 'A=1\n',
    });
  });

  it('after a yes, and with --yes without a question', async () => {
    const created = { exitCode: 0, json: { result: 'created' } };
    expect(await registering(say(201, webhook), '', { confirm: async () => true })).toMatchObject(created);
    const confirm = async (): Promise<boolean> => expect.unreachable();
    const options = { yes: true };
    expect(await registering(say(201, webhook), '', { options, confirm })).toMatchObject(created);
  });

  it('--dry-run: the plan, also where no secret could be kept; not where the file could not be written', async () => {
    const options = { dryRun: true };
    const plan = { exitCode: 0, json: { result: 'would-create', secret: 'generated' } };
    expect(await registering(never, undefined, { options, isFileless: true })).toMatchObject({ ...plan, files: [] });
    expect(await registering(never, undefined, { options })).toMatchObject({ ...plan, files: [] });
    const inNoFolder = { dryRun: true, envFile: join(root, 'none', '.env') };
    expect(await registering(never, undefined, { options: inNoFolder })).toMatchObject({
      exitCode: 2,
      said: expect.stringContaining('ENOENT'),
    });
  });

  it('warns of a webhook that Twenty has disabled', async () => {
    expect(await registering(never, '', { webhooks: [{ ...webhook, isActive: false }] })).toMatchObject({
      exitCode: 0,
      said: expect.stringContaining('has disabled this webhook'),
    });
  });

  it('an empty line in the file does not hide what the environment says', async () => {
    const env = { TWENTY_WEBHOOK_SECRET: 'canary-of-the-environment' };
    const text = 'TWENTY_API_KEY=\nTWENTY_WEBHOOK_SECRET=\n';
    const registered = await registering(say(201, webhook), text, { env });
    expect(registered).toMatchObject({ exitCode: 0, json: { secret: 'given' }, text });
  });
});

describe('--rotate-secret', () => {
  const options = { rotateSecret: true };

  it('whose answer was lost: the next run says that it is done, and the secret that Twenty still uses stays', async () => {
    const stored = { ...webhook, secret: 'canary-first' };
    const lost: Reply = async (request) => void request.socket.destroy();
    const first = await registering(lost, 'TWENTY_WEBHOOK_SECRET=canary-first\n', { webhooks: [stored], options });
    expect(first).toMatchObject({ exitCode: 3, said: expect.stringContaining('holds the new secret already') });
    const [, secret = ''] =
      /^TWENTY_WEBHOOK_SECRET=(.*)\nTWENTY_WEBHOOK_SECRET_OLD=canary-first\n$/.exec(first.text ?? '') ?? [];
    expect(secret).toMatch(/^\w{64}$/);
    const again = await registering(never, first.text, { webhooks: [{ ...stored, secret }], options });
    expect(again).toMatchObject({
      exitCode: 0,
      json: { result: 'unchanged', secret: 'kept' },
      said: expect.stringContaining('This rotation is done'),
      text: first.text,
    });
    // Twenty has not done it.
    const undone = await registering(say(200, { ...stored, secret }), first.text, { webhooks: [stored], options });
    expect(undone).toMatchObject({ exitCode: 0, json: { secret: 'given' }, text: first.text });
  });
});
