import type { HttpResult } from '../http/send-request.ts';
import { masked } from '../mask-secrets.ts';
import { maskValues } from '../mask-values.ts';

/** Take secrets out of an answer, in every form in which it may say them again, before anybody reads it. */
export function maskAnswer(result: HttpResult, secrets: readonly string[]): HttpResult {
  if (result.kind !== 'answer') return result;
  const headers = Object.entries(result.headers).map(([name, value]) => [name, maskValues(value, secrets)]);
  const text = Buffer.from(result.body).toString();
  const shown = maskValues(text, secrets);
  // Bytes that are no UTF-8 stay as they are.
  return { ...result, headers: Object.fromEntries(headers), body: shown === text ? result.body : Buffer.from(shown) };
}

/** Signatures, keys and the like, whosever they are. */
export const maskTokens = (text: string): string => text.replace(/[0-9a-f]{32,}|[\w+/-]{40,}={0,2}/gi, masked);
