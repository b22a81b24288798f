import type { EmbeddedInboxOptions } from '@twenty-webhooks/core';
import { type InboxProcess, type ProcessOrder, startInboxProcess } from '@twenty-webhooks/services';
import type { Wrong } from './open-inbox.ts';

/** What a process with the inbox of a file has to do. */
export interface SqliteOrder extends Omit<ProcessOrder, 'module' | 'open'> {
  readonly path: string;
  readonly inbox?: EmbeddedInboxOptions;
  readonly wrong?: Wrong;
}

/** @param under a command that runs it: `['strace', '-f']` */
export const startSqliteProcess = (
  { path, inbox = {}, wrong, ...order }: SqliteOrder,
  under?: readonly string[],
): Promise<InboxProcess> =>
  startInboxProcess({ module, open: wrong === undefined ? [path, inbox] : [path, inbox, wrong], ...order }, under);

const module = new URL('./open-inbox.ts', import.meta.url).href;
