import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '@hubspot/api-client';
import { NonRetryableError } from '@twenty-webhooks/fastify';
import { accessToken, basePath } from '../src/env.ts';

type ApiError = { code?: unknown; body?: { message?: string; category?: string }; headers?: Record<string, string> };
const { crm } = new Client({ accessToken, basePath });
export const { basicApi: records, batchApi: batches } = crm.objects;
export const { basicApi: associations } = crm.associations.v4;
let notBeforeMs = 0;

/**
 * Call HubSpot; a 404 is `undefined`. After a 429 all calls wait, at no cost of an attempt. Each has 10 seconds: the client has no limit.
 * @throws Error with `holder`, the id of the contact that has the e-mail address, if another one has it
 */
export async function hubspot<T>(signal: AbortSignal, request: () => Promise<T>): Promise<T | undefined> {
  await sleep(Math.max(0, notBeforeMs - Date.now()), undefined, { signal });
  const limit = AbortSignal.any([signal, AbortSignal.timeout(10_000)]);
  const tooLate = new Promise<never>((_, reject) => limit.addEventListener('abort', () => reject(limit.reason)));
  try {
    return await Promise.race([request(), tooLate]);
  } catch (error) {
    const { code, body, headers } = error as ApiError;
    if (typeof code !== 'number') throw error;
    if (code === 404) return undefined;
    // Errors are stored and logged: without the addresses that HubSpot repeats.
    const reason = `HubSpot: ${code} ${body?.category} ${body?.message?.replace(/[^\s"']+@[^\s"']+/g, '…')}`;
    if ([400, 401, 403].includes(code)) throw new NonRetryableError(reason);
    const [, holder] = /Contact already exists. Existing ID: (\d+)/.exec(reason) ?? [];
    if (code !== 429) throw Object.assign(new Error(reason), { holder });
    notBeforeMs = Date.now() + 1_000 * (Number(headers?.['retry-after']) || 1);
  }
  return hubspot(signal, request);
}
