import { join } from 'node:path';
import { createReceiver, type Receiver } from '@twenty-webhooks/core';
import { type EmbeddedInbox, sqliteInbox } from '@twenty-webhooks/sqlite';
import { type DeliveryStore, openDeliveryStore } from './delivery-store.ts';
import { makeListenFolder } from './listen-folder.ts';
import { compactInbox, createInboxTrimmer } from './trim-inbox.ts';

export interface OpenReceiver {
  readonly store: DeliveryStore;
  readonly receiver: Receiver;
  /** Forget all deliveries. What was received stays known, so a redelivery is still a duplicate. */
  clear(): Promise<void>;
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
  /** Called as soon as the list is empty. */
  readonly onCleared: () => void;
  readonly onError: (error: Error) => void;
}): OpenReceiver {
  const { folder, secrets, keep, onCleared, onError } = options;
  const inboxFile = join(folder, 'inbox.sqlite');
  makeListenFolder(folder);
  let trim: ReturnType<typeof createInboxTrimmer> | undefined;
  const store = openDeliveryStore(folder, keep, { onForget: (bytes) => void trim?.(bytes) });
  let inbox: EmbeddedInbox | undefined;
  try {
    // What came is in the list; the inbox is there to know what comes again.
    inbox = sqliteInbox(inboxFile, { retentionDays: 1 });
    const { inspection } = inbox;
    trim = createInboxTrimmer(inbox, store.oldestAtMs, onError);
    const receiver = createReceiver({
      ...(secrets === undefined ? { unsigned: 'accept' } : { secret: secrets }),
      inbox,
      // Whoever looks at the list is the handler.
      on: { '*': () => {} },
      // Refusals stand in the list.
      logger: { warn() {}, error: (message, cause) => onError(new Error(message, { cause })) },
    });
    void trim(0);
    const clear = async (): Promise<void> => {
      store.clear();
      onCleared();
      await inspection.purge();
      try {
        store.compact();
        compactInbox(inboxFile);
      } catch (cause) {
        // It needs as much room again.
        onError(new Error('The files could not be made smaller, and still hold what was cleared', { cause }));
      }
    };
    return { store, receiver, clear };
  } catch (error) {
    store.close();
    void inbox?.close({ graceMs: 0 });
    throw error;
  }
}
