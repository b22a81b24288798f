import type { ServerResponse } from 'node:http';
import { startTestServer } from '@twenty-webhooks/testing';

export interface ScriptedCall {
  readonly method: string;
  readonly fields: Readonly<Partial<Record<string, string>>>;
  /** By `performance.now()`, when all of it had arrived. */
  readonly atMs: number;
}

/** Answers the call with this index among those of its method. Ends the response, or keeps it. */
export type Script = (call: ScriptedCall, index: number, response: ServerResponse) => void;

/** A Slack that answers as a test says, also what Slack itself would not. */
export async function startScriptedSlack(script: Script) {
  const calls: ScriptedCall[] = [];
  const { origin, close } = await startTestServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const method = request.url?.replace('/api/', '') ?? '';
    const call = { method, fields: Object.fromEntries(new URLSearchParams(body)), atMs: performance.now() };
    calls.push(call);
    script(call, calls.filter((other) => other.method === method).length - 1, response);
  });
  return {
    token: 'xoxb-scripted',
    channel: 'C0SCRIPTED',
    apiUrl: `${origin}/api/`,
    calls,
    close,
  };
}

export type ScriptedSlack = Awaited<ReturnType<typeof startScriptedSlack>>;

export const ok = (response: ServerResponse, members: object = {}): void =>
  void response.setHeader('content-type', 'application/json').end(JSON.stringify({ ok: true, ...members }));

/** Without `retryAfter` the header is missing. */
export const tooMany = (response: ServerResponse, retryAfter?: string): void => {
  if (retryAfter !== undefined) response.setHeader('retry-after', retryAfter);
  response.writeHead(429, { 'content-type': 'application/json' }).end('{"ok":false,"error":"ratelimited"}');
};
