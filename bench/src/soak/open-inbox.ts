import { setTimeout as sleep } from 'node:timers/promises';
import type { EmbeddedInboxOptions, Inbox, InboxEntry } from '@twenty-webhooks/core';
import { sqliteInbox } from '@twenty-webhooks/sqlite';

/** Inboxes that the soak must find out. */
export type Wrong = 'answers before the commit' | 'takes jobs that others run';

export function openInbox(path: string, options: EmbeddedInboxOptions, wrong: Wrong | undefined): Inbox {
  switch (wrong) {
    case undefined:
      return sqliteInbox(path, options);
    case 'takes jobs that others run':
      // By its clock, all leases of others ran out an hour ago.
      return sqliteInbox(path, { ...options, now: () => Date.now() + 3_600_000 });
    case 'answers before the commit': {
      const inbox = sqliteInbox(path, options);
      return {
        async put(entry, putOptions) {
          void writeLater(inbox, entry, putOptions);
          return new Set(entry.jobs.map(({ key }) => key));
        },
        work: (worker) => inbox.work(worker),
        close: (closeOptions) => inbox.close(closeOptions),
      };
    }
  }
}

/** As one does who collects events in memory and writes them once a second. */
async function writeLater(inbox: Inbox, entry: InboxEntry, options: { readonly timeoutMs: number }): Promise<void> {
  await sleep(1_000);
  await inbox.put(entry, options);
}
