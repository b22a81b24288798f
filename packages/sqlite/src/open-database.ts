import { closeSync, openSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { WebhookError } from '@twenty-webhooks/core';
import { migrations as ownMigrations } from './schema.ts';
import { isBusy, isDamaged } from './sqlite-errors.ts';

/** An open file, ready for use. */
export interface Database {
  readonly sqlite: DatabaseSync;
  /** Absolute. */
  readonly path: string;
  /** Whether what is written now would be found again under the path. */
  isInPlace(): boolean;
}

/**
 * Open a file, or make it, and bring its schema up to date. It may wait some seconds for other processes.
 *
 * @throws INBOX_INVALID, with the path, for a file that cannot be used
 */
export function openDatabase(file: string, migrations: readonly string[] = ownMigrations): Database {
  if (typeof file !== 'string' || file === '' || file.startsWith(':') || file.startsWith('file:')) {
    throw new WebhookError('OPTION_INVALID', 'The path must be that of a file. In memory there is memoryInbox()');
  }
  const path = resolve(file);
  try {
    // Others who can read it would read the CRM's data. A file that exists is not touched: closing it would let go of the
    // locks that this process has on it.
    closeSync(openSync(path, 'wx', 0o600));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw refused(path, 'cannot be made', cause);
  }
  const giveUpAtMs = performance.now() + patienceMs;
  for (;;) {
    try {
      return open(path, migrations);
    } catch (cause) {
      if (cause instanceof WebhookError) throw cause;
      if (!isBusy(cause))
        throw refused(path, isDamaged(cause) ? 'is no SQLite database, or damaged' : 'cannot be opened', cause);
      if (performance.now() > giveUpAtMs) throw refused(path, 'is locked by another process', cause);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}

function open(path: string, migrations: readonly string[]): Database {
  const sqlite = new DatabaseSync(path);
  try {
    inspect(sqlite, path, migrations.length);
    const { journal_mode: mode } = sqlite.prepare('PRAGMA journal_mode = WAL').get() ?? {};
    if (mode !== 'wal') throw refused(path, 'is on a file system without write-ahead logging');
    // A process that was killed while it stored something may have left it written but not synced; a redelivery would find it
    // and be answered as a duplicate. This transaction syncs all that stands before it.
    sqlite.exec('PRAGMA synchronous = FULL');
    migrate(sqlite, migrations);
    sqlite.exec(
      'PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864',
    );
    const files = [path, `${path}-wal`].map((name) => ({ name, inode: inodeOf(name) }));
    const isInPlace = (): boolean => files.every(({ name, inode }) => inode === undefined || inodeOf(name) === inode);
    return { sqlite, path, isInPlace };
  } catch (cause) {
    sqlite.close();
    throw cause;
  }
}

/** Look whether it is a file of ours that this version can use, before anything is changed. */
function inspect(sqlite: DatabaseSync, path: string, newest: number): void {
  const read = (pragma: string): unknown => Object.values(sqlite.prepare(`PRAGMA ${pragma}`).get() ?? {})[0];
  const version = Number(read('user_version'));
  const isEmpty = sqlite.prepare('SELECT 1 FROM sqlite_master').get() === undefined;
  if (!isEmpty && read('application_id') !== applicationId) throw refused(path, 'belongs to something else');
  if (version > newest) {
    throw refused(
      path,
      `was written by a newer version of @twenty-webhooks/sqlite (schema ${version}, this one knows ${newest}): update it`,
    );
  }
  // Of a large file only the ends of its trees: a check of all of it takes a second per gigabyte, and who is not there yet
  // loses events.
  const found = statSync(path).size <= checkedBytes ? read('quick_check(1)') : readEnds(sqlite);
  if (found !== 'ok') throw refused(path, `is damaged (${String(found)}). Restore it, or move it away`);
}

function readEnds(sqlite: DatabaseSync): 'ok' {
  for (const order of ['ASC', 'DESC']) {
    for (const query of [
      '* FROM job ORDER BY id',
      'key_digest FROM job ORDER BY key_digest',
      'event FROM delivery ORDER BY id',
    ]) {
      sqlite.prepare(`SELECT ${query} ${order} LIMIT 100`).all();
    }
  }
  return 'ok';
}

/** All of it or nothing; another process may have done it meanwhile. */
function migrate(sqlite: DatabaseSync, migrations: readonly string[]): void {
  sqlite.exec('BEGIN IMMEDIATE');
  try {
    const { user_version: version } = sqlite.prepare('PRAGMA user_version').get() ?? {};
    for (const migration of migrations.slice(Number(version))) sqlite.exec(migration);
    sqlite.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${migrations.length}`);
    sqlite.exec('COMMIT');
  } catch (cause) {
    try {
      sqlite.exec('ROLLBACK');
    } catch {
      // SQLite has done so by itself.
    }
    throw cause;
  }
}

function inodeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino;
}

function refused(path: string, why: string, cause?: unknown): WebhookError {
  const said = cause instanceof Error ? `: ${cause.message}` : '';
  return new WebhookError('INBOX_INVALID', `The inbox file ${path} ${why}${said}`, { cause });
}

/** «20wh», so that `file` and SQLite know whose it is. */
const applicationId = 0x32307768;
const patienceMs = 5_000;
const checkedBytes = 64 * 1024 * 1024;
