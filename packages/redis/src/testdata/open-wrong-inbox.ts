import type { Inbox } from '@twenty-webhooks/core';
import { plainInbox, rightParts } from './plain-inbox.ts';
import type { OpenedSettings } from './redis-storage.ts';
import { wrongInboxes } from './wrong-inboxes.ts';

/** As `openInbox`, for an inbox that is wrong: its name stands behind the prefix. */
export function openInbox(location: string, settings: OpenedSettings): Inbox {
  const [url = '', prefix = '', name = ''] = location.split('#');
  return plainInbox({ url, prefix }, settings, { ...rightParts, ...wrongInboxes[name as keyof typeof wrongInboxes] });
}
