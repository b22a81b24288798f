import type { HttpResult } from '../http/send-request.ts';
import { masked } from '../mask-secrets.ts';

/** Take secrets out of an answer, in every form in which it may say them again, before anybody reads it. */
export function maskAnswer(result: HttpResult, secrets: readonly string[]): HttpResult {
  if (result.kind !== 'answer') return result;
  const forms = secrets.flatMap(formsOf).sort((one, other) => other.length - one.length);
  const mask = (text: string): string => forms.reduce((rest, form) => rest.replaceAll(form, masked), text);
  const headers = Object.entries(result.headers).map(([name, value]) => [name, mask(value)]);
  const text = Buffer.from(result.body).toString('latin1');
  // Bytes that are no UTF-8 stay as they are.
  const body = forms.some((form) => text.includes(Buffer.from(form).toString('latin1')))
    ? Buffer.from(mask(Buffer.from(result.body).toString()))
    : result.body;
  return { ...result, headers: Object.fromEntries(headers), body };
}

/** Signatures, keys and the like, whosever they are. */
export const maskTokens = (text: string): string => text.replace(/[0-9a-f]{32,}|[\w+/-]{40,}={0,2}/gi, masked);

function formsOf(secret: string): readonly string[] {
  const trimmed = secret.trim();
  const all = [secret, trimmed, JSON.stringify(trimmed).slice(1, -1), encodeURIComponent(trimmed)];
  // Shorter ones would take every answer apart.
  return all.filter((form) => form.length >= 3);
}
