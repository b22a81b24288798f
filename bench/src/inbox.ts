import type { Bar } from './bar.ts';
import { benchAccept } from './inbox/accept.ts';
import { benchPut } from './inbox/put.ts';

/** Durable accept: over HTTP, and what is below it. */
export async function benchInbox(): Promise<Bar[]> {
  return [...(await benchPut()), ...(await benchAccept())];
}
