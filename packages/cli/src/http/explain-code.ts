import { outcomeTable } from '@twenty-webhooks/core';
import type { HttpAnswer } from './send-request.ts';

/** Find the code of a receiver of this project in an answer, if the answer's status is the one that goes with it. */
export function knownCode({
  status,
  body,
}: Pick<HttpAnswer, 'status' | 'body'>): { readonly code: string; readonly meaning: string } | undefined {
  const { error, status: outcome } = parseObject(body);
  const code = typeof error === 'string' ? error : outcome;
  if (typeof code !== 'string' || !Object.hasOwn(outcomeTable, code)) return undefined;
  const [expected, meaning] = outcomeTable[code as keyof typeof outcomeTable];
  return expected === status ? { code, meaning } : undefined;
}

function parseObject(body: Uint8Array): { readonly error?: unknown; readonly status?: unknown } {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(body).toString());
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}
