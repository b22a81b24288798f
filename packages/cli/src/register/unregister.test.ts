import { startTestServer } from '@twenty-webhooks/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { processTerminal } from '../terminal/terminal.ts';
import { unregister } from './unregister.ts';

const url = 'https://app.example.com/webhooks/twenty';
const webhooks = ['w-1', 'w-2', 'w-3'].map((id) => ({ id, targetUrl: url, operations: ['*.*'] }));

/** Unregister all of the URL at a server that answers so, one after the other, to what it is to delete. */
async function unregistering(answers: readonly [status: number, body: string][], agreed?: boolean) {
  let count = 0;
  const server = await startTestServer((request, response) => {
    if (request.method === 'GET') response.end(JSON.stringify(webhooks));
    else {
      const [status, body] = answers[count++] ?? [500, ''];
      response.writeHead(status).end(body);
    }
  });
  onTestFinished(() => server.close());
  const notes: string[] = [];
  const terminal = {
    ...processTerminal({ isJson: true }),
    env: { TWENTY_API_URL: server.origin, TWENTY_API_KEY: 'key' },
    note: (line: string) => void notes.push(line),
    isInteractive: agreed !== undefined,
    confirm: async () => agreed ?? expect.unreachable(),
  };
  const result = await unregister(terminal, { url, yes: agreed === undefined });
  return { ...result, said: [...notes, ...result.lines].join('\n'), count };
}

describe('unregister', () => {
  it('that fails half-way says what is deleted and what is left', async () => {
    const { exitCode, json, said } = await unregistering([
      [200, 'true'],
      [500, '{}'],
    ]);
    expect(exitCode).toBe(3);
    const error = { code: 'API_FAILED', message: expect.stringContaining('500') };
    expect(json).toMatchObject({ result: 'incomplete', error, deleted: ['w-1'], gone: [], left: ['w-2', 'w-3'] });
    expect(said).toMatch(/1 of 3 webhooks were deleted\.\nLeft: w-2, w-3$/);
  });

  it('says which of them were gone already', async () => {
    const { exitCode, json, said } = await unregistering([
      [200, 'true'],
      [200, 'false'],
      [404, JSON.stringify({ messages: ['Webhook not found'] })],
    ]);
    expect(exitCode).toBe(0);
    expect(json).toMatchObject({ result: 'deleted', deleted: ['w-1'], gone: ['w-2', 'w-3'], left: [] });
    expect(said).toBe('Deleted w-1.\nSomebody has deleted w-2, w-3 meanwhile.');
  });

  it('nothing after a no', async () => {
    expect(await unregistering([], false)).toMatchObject({ exitCode: 1, json: { result: 'cancelled' }, count: 0 });
  });
});
