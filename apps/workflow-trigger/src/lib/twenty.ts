import { readEnv } from './env.ts';

/** Twenty found fault with the request itself: no use in sending it again. */
export class Refused extends Error {}

/** Create a record under an id of ours. If it exists already, an earlier try of the same step has created it. */
export async function createOnce(objects: string, record: { readonly id: string; readonly [field: string]: unknown }) {
  try {
    await call(objects, { method: 'POST', body: JSON.stringify(record) });
  } catch (error) {
    // Naming deletedAt finds what a user has deleted since, too.
    const filter = `and(id[eq]:${record.id},or(deletedAt[is]:NULL,deletedAt[is]:NOT_NULL))`;
    if (!(error instanceof Refused) || !(await exists(objects, filter))) throw error;
  }
  return record.id;
}

export async function exists(objects: string, filter: string): Promise<boolean> {
  return (await call(`${objects}?limit=1&filter=${encodeURIComponent(filter)}`)).data[objects].length > 0;
}

async function call(path: string, init?: RequestInit) {
  const { apiUrl, apiKey } = readEnv();
  const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
  const response = await fetch(apiUrl + path, { ...init, headers, signal: AbortSignal.timeout(10_000) });
  if (response.ok) return response.json();
  const message = `Twenty answered ${response.status}: ${(await response.text()).slice(0, 200)}`;
  throw response.status >= 500 || [408, 429].includes(response.status) ? new Error(message) : new Refused(message);
}
