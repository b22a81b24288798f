import type { IncomingMessage, ServerResponse } from 'node:http';
import { startTestServer } from '@twenty-webhooks/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { processTerminal } from '../terminal/terminal.ts';
import { createWebhook, deleteWebhook, listWebhooks, updateWebhook } from './twenty-webhooks-api.ts';

type Reply = (request: IncomingMessage, response: ServerResponse) => unknown;

/** A server that answers the first requests so, one after the other, and the rest as the last. */
async function answering(...replies: readonly Reply[]) {
  const requests: string[] = [];
  const server = await startTestServer((request, response) => {
    const reply = replies[Math.min(requests.length, replies.length - 1)];
    requests.push(`${request.method} ${request.url} ${request.headers.authorization}`);
    reply?.(request, response);
  });
  onTestFinished(() => server.close());
  const connection = { terminal: processTerminal(), base: `${server.origin}/rest`, key: 'canary-key' };
  return { origin: server.origin, requests, connection };
}

const say =
  (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Reply =>
  (_request, response) =>
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));

const webhook = {
  id: 'w-1',
  targetUrl: 'https://app.example.com/hooks',
  operations: ['person.*'],
  description: '',
  secret: 's',
  isActive: true,
  createdAt: '',
};

describe('listWebhooks', () => {
  it.each([
    ['a wrong key', say(401, { messages: ['Token invalid.'] }), 2, 'API_KEY_REFUSED', 'Token invalid.'],
    ['a key without the right', say(403, { messages: ['\x1b[2J'] }), 2, 'API_KEY_LACKS_RIGHT', 'Settings > Roles'],
    ['another server', say(404, 'not found'), 2, 'API_URL_WRONG', '/rest is added'],
    ['a page', say(200, '<!doctype html>'), 2, 'API_URL_WRONG', 'not with JSON'],
    ['other JSON', say(200, { ok: true }), 2, 'API_ANSWER_STRANGE', 'no webhook'],
    ['a list of something else', say(200, [{ id: 1 }]), 2, 'API_ANSWER_STRANGE', 'no webhook'],
    ['a failure', say(502, '<html>'), 3, 'API_FAILED', '502'],
    ['no answer', (request: IncomingMessage) => request.socket.destroy(), 3, 'API_UNREACHABLE', 'cannot be reached'],
    ['a limit without an end', say(429, {}), 3, 'API_LIMIT_REACHED', 'in a minute'],
    ['a limit for long', say(429, {}, { 'retry-after': '3600' }), 3, 'API_LIMIT_REACHED', 'in 3600 s'],
  ])('%s: one line that says what to do', async (_what, reply, exitCode, code, text) => {
    const { connection, requests } = await answering(reply);
    const error = await listWebhooks(connection).catch((thrown) => thrown);
    expect(error).toMatchObject({ exitCode, code, message: expect.stringContaining(text) });
    for (const wrong of ['canary', '\x1b', '\n']) expect(error.message).not.toContain(wrong);
    expect(requests).toEqual(['GET /rest/webhooks Bearer canary-key']);
  });

  it('nobody there', async () => {
    const { origin, close } = await startTestServer(() => {});
    await close();
    const connection = { terminal: processTerminal(), base: `${origin}/rest`, key: 'k' };
    await expect(listWebhooks(connection)).rejects.toMatchObject({
      exitCode: 3,
      isDone: 'no',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('sends the key to no other address', async () => {
    const other = await answering(say(200, []));
    const { connection } = await answering(say(302, '', { location: `${other.origin}/rest/webhooks` }));
    await expect(listWebhooks(connection)).rejects.toMatchObject({
      code: 'API_REDIRECT',
      message: expect.stringContaining(`redirects to ${other.origin} (302)`),
    });
    expect(other.requests).toEqual([]);
  });

  it('asks once more where Twenty says when, in seconds or as a date', async () => {
    const soon = new Date(Date.now() + 500).toUTCString();
    for (const when of ['0', soon]) {
      const once = await answering(say(429, {}, { 'retry-after': when }), say(200, [webhook]));
      expect(await listWebhooks(once.connection)).toMatchObject([{ id: 'w-1' }]);
      const always = await answering(say(429, {}, { 'retry-after': when }));
      await expect(listWebhooks(always.connection)).rejects.toMatchObject({ code: 'API_LIMIT_REACHED' });
      expect(always.requests).toHaveLength(2);
    }
  });

  it('the oldest first; what an old server leaves out is not known', async () => {
    const list = [
      { ...webhook, id: 'young', createdAt: '2026-02-01T00:00:00.000Z' },
      { ...webhook, id: 'old', createdAt: '2026-01-01T00:00:00.000Z', secret: null },
      { id: 'first', targetUrl: 'x', operation: 'person.*' },
    ];
    const { connection } = await answering(say(200, { data: { webhooks: list } }));
    expect(await listWebhooks(connection)).toMatchObject([
      { id: 'first', operations: ['person.*'], secret: undefined, description: '' },
      { id: 'old', secret: '' },
      { id: 'young', secret: 's' },
    ]);
  });
});

describe('answers of newer and older servers', () => {
  it.each([
    ['the object', webhook],
    ['in data', { data: webhook }],
    ['in data, named', { data: { createWebhook: webhook } }],
    ['in data, named otherwise', { data: { updateWebhook: webhook } }],
  ])('%s', async (_what, body) => {
    const { connection } = await answering(say(200, body));
    expect(await createWebhook(connection, {})).toMatchObject(webhook);
    expect(await updateWebhook(connection, webhook, {})).toMatchObject(webhook);
  });

  it('a webhook that is gone', async () => {
    const nothing = await answering(say(200, 'null'));
    const updating = updateWebhook(nothing.connection, { ...webhook, id: 'a\x1b[2Jb' }, {});
    await expect(updating).rejects.toMatchObject({
      code: 'WEBHOOK_GONE',
      message: expect.stringContaining('webhook a\\x1b[2Jb meanwhile'),
    });
    const outside = { ...webhook, id: '../people' };
    for (const reply of [say(200, 'false'), say(404, { messages: ['Webhook not found'] })]) {
      const { connection } = await answering(reply);
      expect(await deleteWebhook(connection, outside)).toBe(false);
    }
    const { connection, requests } = await answering(say(200, 'true'));
    expect(await deleteWebhook(connection, outside)).toBe(true);
    expect(requests).toEqual(['DELETE /rest/webhooks/..%2Fpeople Bearer canary-key']);
  });
});

it('an answer of more than 16 MiB is not read to its end', async () => {
  const { connection } = await answering((_request, response) => {
    const fill = (): void => {
      while (response.write(Buffer.alloc(1 << 20, ' ')));
    };
    response.writeHead(200).on('drain', fill);
    fill();
  });
  await expect(listWebhooks(connection)).rejects.toMatchObject({
    code: 'API_ANSWER_STRANGE',
    message: expect.stringContaining('larger than 16 MiB'),
  });
});

describe('what Twenty was told is not repeated', () => {
  const told = {
    targetUrl: 'https://ada:canary%40pass@app.example.com/hooks',
    secret: ' canary "secret" ',
  };
  const old = { ...webhook, secret: 'canary-old' };
  /** All that was told, in the ways in which a server may say it again, and more than is shown of it. */
  const echo: Reply = async (request, response) => {
    const body = JSON.parse(Buffer.concat(await request.toArray()).toString() || '{}');
    const said = [
      request.headers.authorization,
      body.secret,
      body.secret?.trim(),
      JSON.stringify(body),
      body.targetUrl,
      'canary@pass',
      encodeURIComponent(' canary "secret" '),
      'canary-old',
    ];
    const messages = [...said, 'x'.repeat(250), ...said];
    response.writeHead(400).end(JSON.stringify({ messages }));
  };

  it.each([
    ['list', (connection: Connection) => listWebhooks(connection), ['canary-old', 'canary@pass', '%20canary']],
    ['create', (connection: Connection) => createWebhook(connection, told), ['canary-old']],
    ['update', (connection: Connection) => updateWebhook(connection, old, told), []],
    [
      'update of the URL that had it',
      (connection: Connection) => updateWebhook(connection, { ...old, ...told }, {}),
      ['canary-old'],
    ],
    ['delete', (connection: Connection) => deleteWebhook(connection, { ...old, ...told }), ['canary-old']],
  ])('%s', async (_what, act, mayBeSaid) => {
    const { connection } = await answering(echo);
    const { message } = (await act(connection).catch((error: Error) => error)) as Error;
    expect(message).toContain('Twenty refused (400: Bearer ••••••••;');
    expect(mayBeSaid.reduce((text, word) => text.replaceAll(word, ''), message)).not.toContain('canary');
  });

  it('neither the beginning of it, where the text is cut', async () => {
    const { connection } = await answering(say(400, { messages: [`${'x'.repeat(295)}canary-key`] }));
    await expect(listWebhooks(connection)).rejects.toThrow(/^(?!.*cana)Twenty refused/);
  });

  it('neither where it is redirected to', async () => {
    const { connection } = await answering(say(302, '', { location: 'https://canary-key.example.com/' }));
    const { message } = await listWebhooks(connection).catch((error) => error);
    expect(message).toContain('example.com (302)');
    expect(message).not.toContain('canary');
  });
});

type Connection = Parameters<typeof listWebhooks>[0];
