import { DatabaseSync } from 'node:sqlite';

/**
 * Take a lock that other processes may want too, for up to `waitMs` in which nothing else runs here. Gives how to give it back, or
 * nothing while another has it. The lock is on a file, which stays: with a process, however it ends, the system takes its locks away.
 */
export function tryToLock(file: string, waitMs = 0): (() => void) | undefined {
  const sqlite = new DatabaseSync(file, { timeout: waitMs });
  try {
    sqlite.exec('BEGIN EXCLUSIVE');
    return () => sqlite.close();
  } catch (error) {
    sqlite.close();
    if ((error as { readonly errcode?: unknown }).errcode === sqliteBusy) return undefined;
    throw error;
  }
}

const sqliteBusy = 5;
