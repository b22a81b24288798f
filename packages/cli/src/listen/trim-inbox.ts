import { DatabaseSync } from 'node:sqlite';
import type { EmbeddedInbox } from '@twenty-webhooks/sqlite';

/**
 * Keep the inbox as small as the list: gives a function that takes how many bytes the list forgot, and takes the bodies that
 * are older than the list out of the inbox too, at the first call and then each time that it is worth it.
 *
 * @param oldestAtMs when the oldest delivery of the list came
 */
export function createInboxTrimmer(
  { inspection }: EmbeddedInbox,
  oldestAtMs: () => number | undefined,
  onError: (error: Error) => void,
): (bytes: number) => Promise<void> {
  let bytes = worthBytes;
  return async (forgotten) => {
    bytes += forgotten;
    if (bytes < worthBytes) return;
    bytes = 0;
    try {
      // The jobs are done as soon as they are there. Their keys stay, so a redelivery is still a duplicate.
      await inspection.purge({ finishedBeforeMs: oldestAtMs() ?? Date.now() });
    } catch (cause) {
      onError(new Error('The inbox could not be made smaller', { cause }));
    }
  };
}

/** Leave nothing in the file of what was purged. Whoever else uses it is waited for, a moment. */
export function compactInbox(file: string): void {
  const sqlite = new DatabaseSync(file);
  try {
    sqlite.exec('PRAGMA busy_timeout = 500; VACUUM; PRAGMA wal_checkpoint(TRUNCATE)');
  } finally {
    sqlite.close();
  }
}

// Each time all jobs of a day are looked through.
const worthBytes = 16 * 1024 * 1024;
