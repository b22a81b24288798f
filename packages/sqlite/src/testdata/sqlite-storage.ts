import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EmbeddedInboxOptions, Inbox } from '@twenty-webhooks/core';

/** A folder with the file of an inbox, for one case of `describeInbox`. */
export function createSqliteStorage(
  openInbox: (path: string, settings: EmbeddedInboxOptions) => Inbox,
  name = 'inbox.sqlite',
) {
  const folder = mkdtempSync(join(tmpdir(), 'inbox-suite-'));
  const location = join(folder, name);
  return {
    location,
    open: (settings: EmbeddedInboxOptions) => openInbox(location, settings),
    breakDown() {
      renameSync(location, `${location}-away`);
      return () => renameSync(`${location}-away`, location);
    },
    close: () => rmSync(folder, { recursive: true }),
  };
}
