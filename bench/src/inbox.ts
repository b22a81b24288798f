import { benchAccept } from './inbox/accept.ts';
import { benchPut } from './inbox/put.ts';
import type { Report } from './report.ts';

/** Durable accept: over HTTP, and what is below it. */
export async function benchInbox(report: Report): Promise<void> {
  await benchPut(report);
  await benchAccept(report);
}
