import { setTimeout as sleep } from 'node:timers/promises';
import { env } from '../src/env.ts';
import type { TwentyRecord } from '../src/mapping.ts';

export const stopping = new AbortController();
export class TwentyError extends Error {}

/** Read what fits, the one that changed first first. Twenty's limit of requests per minute makes it wait. */
export async function read(plural: string, filter: string, found: Map<string, TwentyRecord>): Promise<void> {
  const search = new URLSearchParams({ filter, order_by: 'updatedAt[AscNullsFirst]', limit: '60' });
  const headers = { authorization: `Bearer ${env.twentyKey}` };
  for (;;) {
    const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(30_000)]);
    const response = await fetch(new URL(`/rest/${plural}?${search}`, env.twentyUrl), { headers, signal });
    if (response.status === 429) await sleep(5_000, undefined, { signal: stopping.signal });
    else if (!response.ok) throw new TwentyError(`Twenty answered ${response.status} when asked for ${plural}`);
    else {
      const { data, pageInfo } = await response.json().catch(() => ({}));
      for (const record of data?.[plural] ?? []) found.set(record.id, record);
      if (data?.[plural] && pageInfo?.hasNextPage === false) return;
      // What cannot be read must not be taken for the end.
      if (!data?.[plural]?.length || !pageInfo?.endCursor) throw new TwentyError(`Twenty answered no ${plural}`);
      search.set('starting_after', pageInfo.endCursor);
    }
  }
}
