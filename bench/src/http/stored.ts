import { sqliteInbox } from '@twenty-webhooks/sqlite';
import { inboxFile } from './variant.ts';

/** Speed counts only of what does its work: every request is a job in the file, and nearly all of them have run. */
export async function requireStored(folder: string, requests: number): Promise<void> {
  const inbox = sqliteInbox(inboxFile(folder));
  try {
    const { waiting, running, done, dead } = await inbox.inspection.counts();
    const stored = waiting + running + done + dead;
    if (stored !== requests) throw new Error(`${stored} jobs are stored of ${requests} requests`);
    if (done < requests * 0.99) throw new Error(`the worker did not keep up: ${done} jobs of ${requests} are done`);
  } finally {
    await inbox.close();
  }
}
