import type { EmbeddedInboxOptions, Inbox } from '@twenty-webhooks/core';
import { wrongInboxes } from './wrong-inboxes.ts';

/** As `openInbox`, for an inbox that is wrong: its name stands in the file's. */
export function openInbox(location: string, settings: EmbeddedInboxOptions): Inbox {
  const [, name = ''] = /\.(\w+)\.sqlite$/.exec(location) ?? [];
  return wrongInboxes[name as keyof typeof wrongInboxes](location, settings);
}
