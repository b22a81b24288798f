import type { ServerResponse } from 'node:http';
import { writeAnswer } from '@twenty-webhooks/core/node';
import type { HttpResult } from '../http/send-request.ts';

/** Answer as the target did. Never a 2xx that it did not give, and never a part of what it said. */
export function writeTargetAnswer(response: ServerResponse, result: HttpResult): void {
  if (result.kind === 'failure') {
    if (result.code === 'TIMEOUT') answerError(response, 504, 'FORWARD_TIMEOUT');
    else answerError(response, 502, 'FORWARD_FAILED');
    return;
  }
  const { status, headers, body, isCut = false } = result;
  // A 101 answers what nobody asked for, and is not the end of an answer.
  if (isCut || status < 200) {
    answerError(response, 502, isCut ? 'FORWARD_ANSWER_TOO_LARGE' : 'FORWARD_FAILED');
    return;
  }
  if (response.headersSent || response.destroyed) return;
  for (const name of passedBack) {
    if (headers[name] !== undefined) response.setHeader(name, headers[name]);
  }
  response.writeHead(status).end(body);
}

export function answerError(response: ServerResponse, status: number, error: string): void {
  writeAnswer(response, { status, headers: json, body: JSON.stringify({ error }) });
}

/**
 * For everything that is no answer of the inspector: what a target sends, a page of its own with scripts perhaps, has the
 * same origin as the inspector. In the sandbox a browser gives it another one, and runs nothing.
 */
export const sandboxHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': "sandbox; default-src 'none'",
  'x-content-type-options': 'nosniff',
};

const json = { 'content-type': 'application/json' };
// An encoding is part of what the body means.
const passedBack = ['content-type', 'content-encoding', 'location', 'retry-after', 'allow'];
