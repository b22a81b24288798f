import { setTimeout as sleep } from 'node:timers/promises';
import { type EmbeddedInboxOptions, embeddedInbox, type Inbox } from '@twenty-webhooks/core';
import { sqliteInbox } from '../src/index.ts';
import { openDatabase } from '../src/open-database.ts';
import { createSqliteJobs } from '../src/sqlite-jobs.ts';

/** Inboxes that look right until the power fails. */
export type Wrong = 'never syncs' | 'syncs after the answer' | 'syncs each put' | 'syncs each settlement';

export function openInbox(path: string, options: EmbeddedInboxOptions, wrong: Wrong | undefined): Inbox {
  switch (wrong) {
    case undefined:
      return sqliteInbox(path, options);
    case 'never syncs':
      return withDurability(path, options, () => false);
    case 'syncs each settlement':
      return withDurability(path, options, () => true);
    case 'syncs after the answer': {
      const inbox = sqliteInbox(path, options);
      return {
        ...methodsOf(inbox),
        async put(entry, putOptions) {
          void sleep(5).then(() => inbox.put(entry, putOptions));
          return new Set(entry.jobs.map(({ key }) => key));
        },
      };
    }
    case 'syncs each put': {
      const inbox = sqliteInbox(path, options);
      let last: Promise<unknown> = Promise.resolve();
      return {
        ...methodsOf(inbox),
        put(entry, putOptions) {
          const stored = last.then(() => inbox.put(entry, putOptions));
          last = stored;
          return stored;
        },
      };
    }
  }
}

function withDurability(path: string, options: EmbeddedInboxOptions, isDurable: () => boolean): Inbox {
  const openTable = () => {
    const table = createSqliteJobs(openDatabase(path));
    return { ...table, transact: <T>(_isDurable: boolean, body: () => T) => table.transact(isDurable(), body) };
  };
  return embeddedInbox(openTable, options, 'withDurability');
}

const methodsOf = (inbox: Inbox): Inbox => ({
  put: (entry, options) => inbox.put(entry, options),
  work: (worker) => inbox.work(worker),
  close: (options) => inbox.close(options),
});
