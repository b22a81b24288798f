import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CommandError } from '../terminal/command-error.ts';

/** Open the file with the list, or make it. Nobody else can, until it is closed. @throws FOLDER_IN_USE, FOLDER_UNUSABLE */
export function openDeliveryFile(folder: string): DatabaseSync {
  const file = join(folder, 'deliveries.sqlite');
  let sqlite: DatabaseSync | undefined;
  try {
    // Others who can read it would read the CRM's data; SQLite gives its side files the same mode.
    closeSync(openSync(file, 'a', 0o600));
    sqlite = new DatabaseSync(file);
    // The lock is the system's, so it goes with the process, however that ends.
    sqlite.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
    makeTables(sqlite, file);
    return sqlite;
  } catch (cause) {
    sqlite?.close();
    throw cause instanceof CommandError ? cause : refused(folder, file, cause);
  }
}

function makeTables(sqlite: DatabaseSync, file: string): void {
  const isNew = sqlite.prepare('SELECT 1 FROM sqlite_master').get() === undefined;
  if (isNew) {
    sqlite.exec(`BEGIN; ${schema}; PRAGMA user_version = ${schemaVersion}; COMMIT`);
    return;
  }
  const { user_version: version } = sqlite.prepare('PRAGMA user_version').get() ?? {};
  if (version === schemaVersion) return;
  const text = `${file} was written by another version of twenty-webhooks, or by something else: move it away, or give another folder with --inbox`;
  throw new CommandError('FOLDER_UNUSABLE', text);
}

function refused(folder: string, file: string, cause: unknown): CommandError {
  const { errcode = 0, message } = cause as { readonly errcode?: number; readonly message: string };
  if (errcode === sqliteBusy) {
    const text = `Another "listen" works in the folder ${folder}: stop it, or give this one another folder with --inbox`;
    return new CommandError('FOLDER_IN_USE', text, { cause });
  }
  // The low byte is the kind, the rest says more.
  const isDamaged = damaged.has(errcode & 0xff);
  const advice = isDamaged
    ? 'It is damaged: move it away'
    : 'Give another folder with --inbox, or make this one usable: room, rights';
  return new CommandError('FOLDER_UNUSABLE', `${file} cannot be used: ${message}. ${advice}`, { cause });
}

const sqliteBusy = 5;
// SQLITE_CORRUPT, SQLITE_NOTADB
const damaged: ReadonlySet<number> = new Set([11, 26]);

// Changes with the schema; there is nothing to migrate yet.
const schemaVersion = 1;

// Ids are never used again. What came is in a table of its own, so that the list is short to read.
const schema = `
  CREATE TABLE delivery (
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
  CREATE INDEX delivery_record ON delivery (object, record_id, id) WHERE is_genuine = 1;
  CREATE TABLE content (
    id INTEGER PRIMARY KEY,
    -- Names and values in turn, as a JSON array.
    headers TEXT NOT NULL,
    body BLOB NOT NULL
  ) STRICT;
`;
