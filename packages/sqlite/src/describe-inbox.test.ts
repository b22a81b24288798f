import { describeInbox } from '@twenty-webhooks/testing';
import { describe, it } from 'vitest';
import { openInbox } from './testdata/open-inbox.ts';
import { createSqliteStorage } from './testdata/sqlite-storage.ts';

describeInbox(
  'sqliteInbox',
  {
    createStorage: () => createSqliteStorage(openInbox),
    childModule: new URL('./testdata/open-inbox.ts', import.meta.url).href,
  },
  { describe, it: (name, run) => it(name, run, 60_000) },
);
