import { join } from 'node:path';
import { createReceiver, type Receiver } from '@twenty-webhooks/core';
import { type EmbeddedInbox, sqliteInbox } from '@twenty-webhooks/sqlite';
import { type DeliveryStore, openDeliveryStore } from './delivery-store.ts';
import { makeListenFolder } from './listen-folder.ts';

export interface OpenReceiver {
  readonly store: DeliveryStore;
  readonly inbox: EmbeddedInbox;
  readonly receiver: Receiver;
}

/**
 * Open the folder: the list of deliveries, and a receiver with an inbox, for which a 200 means that the event is stored.
 *
 * @throws FOLDER_IN_USE, FOLDER_UNUSABLE, and what `sqliteInbox` and `createReceiver` throw
 */
export function openReceiver(options: {
  readonly folder: string;
  readonly secrets: readonly string[] | undefined;
  readonly keep: number;
  readonly onError: (error: Error) => void;
}): OpenReceiver {
  const { folder, secrets, keep, onError } = options;
  makeListenFolder(folder);
  const store = openDeliveryStore(folder, keep);
  let inbox: EmbeddedInbox | undefined;
  try {
    inbox = sqliteInbox(join(folder, 'inbox.sqlite'));
    const receiver = createReceiver({
      ...(secrets === undefined ? { unsigned: 'accept' } : { secret: secrets }),
      inbox,
      // Whoever looks at the list is the handler.
      on: { '*': () => {} },
      // Refusals stand in the list.
      logger: { warn() {}, error: (message, cause) => onError(new Error(message, { cause })) },
    });
    return { store, inbox, receiver };
  } catch (error) {
    store.close();
    void inbox?.close({ graceMs: 0 });
    throw error;
  }
}
