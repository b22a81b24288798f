import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '@hubspot/api-client';
import { NonRetryableError } from '@twenty-webhooks/fastify';
import { env } from '../src/env.ts';
import type { Properties } from '../src/mapping.ts';

type ApiError = { code?: unknown; body?: { message?: string; category?: string }; headers?: Record<string, string> };
const { crm } = new Client({ accessToken: env.hubspotToken, basePath: env.hubspotUrl });
export const { basicApi: records } = crm.objects;
export const { basicApi: associations } = crm.associations.v4;
let notBeforeMs = 0;

/**
 * Call HubSpot; a 404 is `undefined`. After a 429 all calls wait, at no cost of an attempt. Each has 10 seconds: the client has no limit.
 * @throws Error with `holder`, the id of the contact that has the e-mail address, if another one has it
 */
export async function hubspot<T>(signal: AbortSignal, request: () => Promise<T>): Promise<T | undefined> {
  while (Date.now() < notBeforeMs) await sleep(notBeforeMs - Date.now(), undefined, { signal });
  const limit = AbortSignal.any([signal, AbortSignal.timeout(10_000)]);
  const tooLate = new Promise<never>((_, reject) => limit.addEventListener('abort', () => reject(limit.reason)));
  try {
    return await Promise.race([request(), tooLate]);
  } catch (error) {
    const { code, body, headers } = error as ApiError;
    if (error instanceof DOMException || typeof code !== 'number') throw error;
    if (code === 404) return undefined;
    // Errors are stored and logged: without the addresses that HubSpot repeats.
    const reason = `HubSpot: ${code} ${body?.category} ${body?.message?.replace(/[^\s"']+@[^\s"']+/g, '…')}`;
    if ([400, 401, 403].includes(code) || body?.category === 'VALIDATION_ERROR') throw new NonRetryableError(reason);
    const [, holder] = /Contact already exists. Existing ID: (\d+)/.exec(reason) ?? [];
    if (code !== 429) throw Object.assign(new Error(reason), { holder });
    notBeforeMs = Date.now() + 1_000 * (Number(headers?.['retry-after']) || 10);
  }
  return hubspot(signal, request);
}

/** Make, or change, what has this `twenty_id`. Resolves with HubSpot's own id. */
export async function upsert(kind: string, id: string, properties: Properties): Promise<string> {
  const answer = await crm.objects.batchApi.upsert(kind, { inputs: [{ idProperty: 'twenty_id', id, properties }] });
  if (answer.results[0]) return answer.results[0].id;
  // A 207 says beside the results why there is none.
  throw { code: 207, body: 'errors' in answer && answer.errors?.[0] };
}
