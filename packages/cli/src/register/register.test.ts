import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestServer } from '@twenty-webhooks/testing';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { processTerminal } from '../terminal/terminal.ts';
import { register } from './register.ts';

const root = mkdtempSync(join(tmpdir(), 'register-'));
afterAll(() => rmSync(root, { recursive: true }));

type Reply = (request: IncomingMessage, response: ServerResponse, envFile: string) => unknown;

/** Register a first webhook with a server whose second answer this is. */
async function registering(reply: Reply, before: string | undefined) {
  const folder = mkdtempSync(join(root, 'case-'));
  const envFile = join(folder, '.env');
  if (before !== undefined) writeFileSync(envFile, before, { mode: 0o640 });
  const server = await startTestServer((request, response) => {
    if (request.method === 'GET') response.end('[]');
    else request.resume().on('end', () => reply(request, response, envFile));
  });
  onTestFinished(() => server.close());
  const notes: string[] = [];
  const terminal = {
    ...processTerminal({ isJson: true }),
    env: { TWENTY_API_URL: server.origin, TWENTY_API_KEY: 'canary-key' },
    note: (line: string) => void notes.push(line),
  };
  const given = { url: 'https://new.example.com/', events: ['person.*'], envFile };
  const { exitCode, message = '' } = await register(terminal, given).catch((error) => error);
  const files = readdirSync(folder);
  const text = files.length === 0 ? undefined : readFileSync(envFile, 'utf8');
  return { exitCode, said: [message, ...notes].join('\n'), files, text };
}

const say =
  (status: number, body: unknown): Reply =>
  (_request, response) =>
    response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
const webhook = { id: 'w-1', targetUrl: 'https://new.example.com/', operations: ['person.*'] };

describe('register: the file, when Twenty does not do it', () => {
  it.each([
    ['refused', say(400, { messages: ['no'] }), 2],
    ['a limit', say(429, {}), 3],
  ])('%s: it is as it was', async (_what, reply, exitCode) => {
    const said = expect.stringContaining('is as it was');
    expect(await registering(reply, 'A=1\n')).toMatchObject({ exitCode, said, files: ['.env'], text: 'A=1\n' });
    expect(await registering(reply, undefined)).toMatchObject({ exitCode, said, files: [] });
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
