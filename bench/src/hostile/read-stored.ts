import { DatabaseSync } from 'node:sqlite';

/** What an inbox file holds about a record: past the code under test. */
export interface StoredJob {
  readonly recordId: string;
  readonly state: string;
  /** In which run it ended. */
  readonly attempt: number;
}

export function readStored(inboxFile: string): StoredJob[] {
  const sqlite = new DatabaseSync(inboxFile, { readOnly: true });
  try {
    const rows = sqlite.prepare('SELECT record_id AS recordId, state, attempt FROM job').all();
    return rows as unknown as StoredJob[];
  } finally {
    sqlite.close();
  }
}
