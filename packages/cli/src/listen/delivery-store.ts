import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CommandError } from '../terminal/command-error.ts';
import type { DeliverySummary, ForwardResult } from './inspector-api.ts';
import { maskBody } from './masked-body.ts';

/** What a request brought and what became of it. */
export interface NewDelivery extends Omit<DeliverySummary, 'id' | 'bytes' | 'forward' | 'isForwarding'> {
  /** As Node has them: name, value, name, value, …; order, case and repeats as they came. */
  readonly rawHeaders: readonly string[];
  readonly body: Uint8Array;
}

/** What stands in the list, and what came. */
export interface StoredDelivery {
  readonly summary: DeliverySummary;
  readonly rawHeaders: readonly string[];
  readonly body: Uint8Array;
}

/** All deliveries that came in, the last `keep` of them, in a file. One process has it for itself. */
export interface DeliveryStore {
  /** @param options.isForwarding whether `setForward` will follow */
  add(delivery: NewDelivery, options?: { readonly isForwarding?: boolean }): DeliverySummary;
  /** Add many in one transaction. */
  addAll(deliveries: readonly NewDelivery[]): void;
  /** `undefined`: the delivery is forgotten. */
  setForward(id: number, forward: ForwardResult): DeliverySummary | undefined;
  count(): number;
  /** The newest first. */
  list(options: { readonly before?: number | undefined; readonly limit: number }): readonly DeliverySummary[];
  get(id: number): StoredDelivery | undefined;
  /** The last genuine delivery before this one that has the same record. */
  previousOf(summary: DeliverySummary): StoredDelivery | undefined;
  /** What came, the newest first, for who looks through all of it in pieces. */
  contents(options: { readonly before: number; readonly limit: number }): readonly StoredContent[];
  /** Forget all; nothing of it is left in the file. */
  clear(): void;
  close(): void;
}

export interface StoredContent {
  readonly id: number;
  readonly rawHeaders: readonly string[];
  readonly body: Uint8Array;
  /** Whether the body holds secrets. */
  readonly isMasked: boolean;
}

/** @throws FOLDER_IN_USE, FOLDER_UNUSABLE */
export function openDeliveryStore(folder: string, keep: number, maxBytes: number = defaultMaxBytes): DeliveryStore {
  const sqlite = open(join(folder, 'deliveries.sqlite'), folder);
  const forwarding = new Set<number>();
  const insert = sqlite.prepare(
    'INSERT INTO delivery (summary, object, record_id, is_genuine, is_masked, bytes) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const insertContent = sqlite.prepare('INSERT INTO content (id, headers, body) VALUES (?, ?, ?)');
  const selectOldest = sqlite.prepare('SELECT id FROM delivery ORDER BY id LIMIT 1');
  const deleteUntil = sqlite.prepare('DELETE FROM delivery WHERE id <= ? RETURNING bytes');
  const deleteContent = sqlite.prepare('DELETE FROM content WHERE id <= ?');
  const selectOne = sqlite.prepare(
    `SELECT ${listed}, headers, body FROM delivery JOIN content USING (id) WHERE id = ?`,
  );
  const selectList = sqlite.prepare(`SELECT ${listed} FROM delivery WHERE id < ? ORDER BY id DESC LIMIT ?`);
  const selectPrevious = sqlite.prepare(
    `SELECT ${listed}, headers, body FROM delivery JOIN content USING (id)
     WHERE object = ? AND record_id = ? AND is_genuine = 1 AND id < ? ORDER BY id DESC LIMIT 1`,
  );
  const selectContents = sqlite.prepare(
    `SELECT id, headers, body, is_masked FROM delivery JOIN content USING (id) WHERE id < ? ORDER BY id DESC LIMIT ?`,
  );
  const updateForward = sqlite.prepare('UPDATE delivery SET forward = ? WHERE id = ?');
  const countAll = sqlite.prepare('SELECT count(*) AS count, coalesce(sum(bytes), 0) AS bytes FROM delivery');
  let keptBytes = Number(countAll.get()?.bytes);

  const forgetUntil = (id: number): void => {
    for (const { bytes } of deleteUntil.all(id)) keptBytes -= Number(bytes);
    deleteContent.run(id);
  };
  /** Ids have no gaps but at the start, so the newest one says how many there are. */
  const forgetOld = (newest: number): void => {
    forgetUntil(newest - keep);
    while (keptBytes > maxBytes) {
      const oldest = Number(selectOldest.get()?.id ?? newest);
      if (oldest >= newest) break;
      forgetUntil(oldest);
    }
  };
  const addOne = ({ rawHeaders, body, ...rest }: NewDelivery): Omit<DeliverySummary, 'isForwarding'> => {
    const summary = { ...rest, bytes: body.length };
    const { lastInsertRowid } = insert.run(
      JSON.stringify(summary),
      summary.object ?? null,
      summary.recordId ?? null,
      Number(summary.status !== 'rejected'),
      Number(maskBody(body).isMasked),
      body.length,
    );
    const id = Number(lastInsertRowid);
    insertContent.run(id, JSON.stringify(rawHeaders), body);
    keptBytes += body.length;
    forgetOld(id);
    return { id, ...summary, forward: undefined };
  };
  const inTransaction = <T>(run: () => T): T => {
    sqlite.exec('BEGIN IMMEDIATE');
    try {
      const result = run();
      sqlite.exec('COMMIT');
      return result;
    } catch (error) {
      // A full disk may have rolled it back already.
      if (sqlite.isTransaction) sqlite.exec('ROLLBACK');
      keptBytes = Number(countAll.get()?.bytes);
      throw error;
    }
  };
  const toSummary = (row: Row): DeliverySummary => ({
    id: Number(row.id),
    ...(JSON.parse(String(row.summary)) as Omit<DeliverySummary, 'id' | 'forward' | 'isForwarding'>),
    forward: row.forward === null ? undefined : (JSON.parse(String(row.forward)) as ForwardResult),
    isForwarding: forwarding.has(Number(row.id)),
  });
  const toStored = (row: Row | undefined): StoredDelivery | undefined =>
    row && { summary: toSummary(row), ...toContent(row) };

  // `keep` may be less than the last time.
  inTransaction(() => forgetOld(Number(sqlite.prepare('SELECT max(id) AS id FROM delivery').get()?.id ?? 0)));
  return {
    add(delivery, { isForwarding = false } = {}) {
      const summary = inTransaction(() => addOne(delivery));
      if (isForwarding) forwarding.add(summary.id);
      return { ...summary, isForwarding };
    },
    addAll: (deliveries) => inTransaction(() => deliveries.forEach(addOne)),
    setForward(id, forward) {
      forwarding.delete(id);
      updateForward.run(JSON.stringify(forward), id);
      return toStored(selectOne.get(id))?.summary;
    },
    count: () => Number(countAll.get()?.count),
    list: ({ before = Number.MAX_SAFE_INTEGER, limit }) => selectList.all(before, limit).map(toSummary),
    get: (id) => toStored(selectOne.get(id)),
    previousOf: ({ id, object, recordId }) =>
      object === undefined || recordId === undefined ? undefined : toStored(selectPrevious.get(object, recordId, id)),
    contents: ({ before, limit }) =>
      selectContents
        .all(before, limit)
        .map((row) => ({ id: Number(row.id), ...toContent(row), isMasked: row.is_masked === 1 })),
    clear() {
      inTransaction(() => forgetUntil(Number.MAX_SAFE_INTEGER));
      sqlite.exec('VACUUM; PRAGMA wal_checkpoint(TRUNCATE)');
    },
    close: () => sqlite.close(),
  };
}

type Row = ReturnType<ReturnType<DatabaseSync['prepare']>['all']>[number];

const toContent = (row: Row): Pick<StoredDelivery, 'rawHeaders' | 'body'> => ({
  rawHeaders: JSON.parse(String(row.headers)) as string[],
  body: row.body as Uint8Array,
});

function open(file: string, folder: string): DatabaseSync {
  let sqlite: DatabaseSync | undefined;
  try {
    // Others who can read it would read the CRM's data; SQLite gives its side files the same mode.
    closeSync(openSync(file, 'a', 0o600));
    sqlite = new DatabaseSync(file);
    // The lock is the system's, so it goes with the process, however that ends.
    sqlite.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
    sqlite.exec(schema);
    return sqlite;
  } catch (cause) {
    sqlite?.close();
    throw refused(folder, file, cause);
  }
}

function refused(folder: string, file: string, cause: unknown): CommandError {
  const { errcode, message } = cause as { readonly errcode?: number; readonly message: string };
  if (errcode === sqliteBusy) {
    const text = `Another "listen" works in the folder ${folder}: stop it, or give this one another folder with --inbox`;
    return new CommandError('FOLDER_IN_USE', text, { cause });
  }
  return new CommandError('FOLDER_UNUSABLE', `${file} cannot be used: ${message}. Move it away`, { cause });
}

const sqliteBusy = 5;
const listed = 'id, summary, forward';

// A stranger who finds the tunnel must not be able to fill the disk.
const defaultMaxBytes = 1024 * 1024 * 1024;

// Ids are never used again. What came is in a table of its own, so that the list is short to read.
const schema = `
  CREATE TABLE IF NOT EXISTS delivery (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    -- DeliverySummary without what stands in other columns, as JSON.
    summary TEXT NOT NULL,
    -- ForwardResult, as JSON.
    forward TEXT,
    object TEXT,
    record_id TEXT,
    is_genuine INTEGER NOT NULL,
    is_masked INTEGER NOT NULL,
    bytes INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS delivery_record ON delivery (object, record_id, id) WHERE is_genuine = 1;
  CREATE TABLE IF NOT EXISTS content (
    id INTEGER PRIMARY KEY,
    -- Names and values in turn, as a JSON array.
    headers TEXT NOT NULL,
    body BLOB NOT NULL
  ) STRICT;
`;
