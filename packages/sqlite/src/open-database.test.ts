import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase } from './open-database.ts';
import { migrations } from './schema.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'inbox-'));
  path = join(folder, 'inbox.sqlite');
});
afterEach(() => rmSync(folder, { recursive: true }));

const openAndClose = (list?: readonly string[]): void => openDatabase(path, list).sqlite.close();
const refusal = (...words: string[]) =>
  expect.objectContaining({
    code: 'INBOX_INVALID',
    message: expect.stringMatching(new RegExp([path, ...words].join('.*'))),
  });

/** Change a file with another connection. */
function withSqlite<T>(change: (sqlite: DatabaseSync) => T): T {
  const sqlite = new DatabaseSync(path);
  try {
    return change(sqlite);
  } finally {
    sqlite.close();
  }
}

describe('a file that is not there', () => {
  test('is made, in WAL mode, for nobody else to read', () => {
    const { sqlite } = openDatabase(path);
    expect(sqlite.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
    expect(sqlite.prepare('PRAGMA user_version').get()).toEqual({ user_version: migrations.length });
    for (const end of ['', '-wal', '-shm']) expect(statSync(path + end).mode & 0o777).toBe(0o600);
    sqlite.close();
  });

  test('is made once by several processes at the same moment', async () => {
    const module = JSON.stringify(new URL('./open-database.ts', import.meta.url).href);
    const code = `import(${module}).then(({ openDatabase }) => openDatabase(${JSON.stringify(path)}).sqlite.prepare('SELECT count(*) FROM job').get())`;
    // Threads have connections of their own, and begin closer together than processes.
    const execArgv = ['--conditions', '@twenty-webhooks/source', '--no-warnings'];
    const ended = Array.from({ length: 6 }, () => {
      const thread = new Worker(code, { eval: true, execArgv });
      return new Promise((resolve, reject) => thread.once('error', reject).once('exit', resolve));
    });
    expect(await Promise.all(ended)).toEqual([0, 0, 0, 0, 0, 0]);
    openAndClose();
  });

  test('is refused without its folder', () => {
    path = join(folder, 'nowhere', 'inbox.sqlite');
    expect(openAndClose).toThrow(refusal('cannot be made', 'ENOENT'));
  });

  test.each(['', ':memory:', 'file:inbox.sqlite', undefined, 5])('is no file: %j', (name) => {
    expect(() => openDatabase(name as string)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
  });
});

describe('a file that is there', () => {
  test('keeps its mode, and what is in it', () => {
    openAndClose();
    chmodSync(path, 0o640);
    withSqlite((sqlite) => sqlite.exec("INSERT INTO worker VALUES ('w', 1)"));
    const { sqlite } = openDatabase(path);
    expect(sqlite.prepare('SELECT * FROM worker').all()).toEqual([{ id: 'w', lease_until: 1 }]);
    expect(statSync(path).mode & 0o777).toBe(0o640);
    sqlite.close();
  });

  test('that is empty is taken', () => {
    writeFileSync(path, '');
    openAndClose();
  });

  test('of a newer version is refused, unchanged', () => {
    openAndClose();
    withSqlite((sqlite) => sqlite.exec(`PRAGMA user_version = ${migrations.length + 1}`));
    const before = readFileSync(path);
    expect(openAndClose).toThrow(refusal('newer version', `schema ${migrations.length + 1}`));
    expect(readFileSync(path)).toEqual(before);
  });

  test('of something else is refused, unchanged', () => {
    withSqlite((sqlite) => sqlite.exec('CREATE TABLE customer (id INTEGER)'));
    const before = readFileSync(path);
    expect(openAndClose).toThrow(refusal('something else'));
    expect(readFileSync(path)).toEqual(before);
    expect(existsSync(`${path}-wal`)).toBe(false);
  });

  test.each([
    ['text', 'This is no database, but it is longer than the header of one would be. '.repeat(50)],
    ['a few bytes', 'SQLite'],
  ])('that is no database is refused, unchanged: %s', (_name, text) => {
    writeFileSync(path, text);
    expect(openAndClose).toThrow(refusal('no SQLite database'));
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  test('that is a folder is refused', () => {
    mkdirSync(path);
    expect(openAndClose).toThrow(refusal('cannot be opened'));
  });

  test.each([0.1, 0.5, 0.9])('that is damaged at %d of its length is refused', (share) => {
    openAndClose();
    withSqlite((sqlite) => {
      sqlite.exec('BEGIN');
      const insert = sqlite.prepare(
        "INSERT INTO job (key, key_digest, handler, workspace_id, state, attempt, due_at, stored_at) VALUES ('k', cast(? AS BLOB), 'h', 'w', 'waiting', 0, 1, 1)",
      );
      for (let index = 0; index < 2_000; index++) insert.run(`key ${index}`);
      sqlite.exec('COMMIT; PRAGMA wal_checkpoint(TRUNCATE)');
    });
    const bytes = readFileSync(path);
    const page = Math.floor((bytes.length * share) / 4_096) * 4_096;
    bytes.fill(0xa5, page, page + 4_096);
    writeFileSync(path, bytes);
    expect(openAndClose).toThrow(refusal('damaged'));
  });

  test('that is large is not read as a whole, but what is read must be right', () => {
    openAndClose();
    withSqlite((sqlite) => {
      const insert = sqlite.prepare(
        "INSERT INTO delivery (event, event_id, received_at, scheme, headers, body) VALUES ('e', ?, 1, 's', '{}', zeroblob(1000000))",
      );
      for (let index = 0; index < 70; index++) insert.run(`id ${index}`);
      sqlite.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    });
    openAndClose();
    const bytes = readFileSync(path);
    bytes.fill(0xa5, 4_096, 100 * 4_096);
    writeFileSync(path, bytes);
    expect(openAndClose).toThrow(refusal('damaged'));
  });

  test('that is cut off is refused', () => {
    openAndClose();
    writeFileSync(path, readFileSync(path).subarray(0, 9_000));
    expect(openAndClose).toThrow(refusal('damaged'));
  });

  test('that another process holds for a moment is waited for', async () => {
    openAndClose();
    const held = new Worker(
      `const { DatabaseSync } = require('node:sqlite');
       const sqlite = new DatabaseSync(${JSON.stringify(path)});
       sqlite.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; INSERT INTO worker VALUES (1, 1)');
       require('node:worker_threads').parentPort.postMessage('held');
       setTimeout(() => { sqlite.exec('COMMIT'); sqlite.close(); }, 300);`,
      { eval: true, execArgv: ['--no-warnings'] },
    );
    const ended = new Promise((resolve) => held.once('exit', resolve));
    await new Promise((resolve) => held.once('message', resolve));
    openAndClose();
    // The folder is deleted after the test: the worker must have closed its file by then.
    await ended;
  });
});

describe('an older file', () => {
  const first = "CREATE TABLE job (id INTEGER PRIMARY KEY, key TEXT); INSERT INTO job VALUES (1, 'kept')";
  const second = 'ALTER TABLE job ADD COLUMN state TEXT';

  test('is brought up to date, and keeps what is in it', () => {
    openAndClose([first]);
    openAndClose([first, second]);
    withSqlite((sqlite) => {
      expect(sqlite.prepare('SELECT * FROM job').all()).toEqual([{ id: 1, key: 'kept', state: null }]);
      expect(sqlite.prepare('PRAGMA user_version').get()).toEqual({ user_version: 2 });
    });
  });

  test('is as it was if that fails half-way', () => {
    openAndClose([first]);
    expect(() => openAndClose([first, `${second}; DELETE FROM job; INSERT INTO nowhere VALUES (1)`])).toThrow(
      refusal('cannot be opened', 'nowhere'),
    );
    withSqlite((sqlite) => {
      expect(sqlite.prepare('SELECT * FROM job').all()).toEqual([{ id: 1, key: 'kept' }]);
      expect(sqlite.prepare('PRAGMA user_version').get()).toEqual({ user_version: 1 });
    });
    openAndClose([first, second]);
  });
});

test('what is written is in its place until the file is moved', () => {
  const { sqlite, isInPlace } = openDatabase(path);
  expect(isInPlace()).toBe(true);
  rmSync(`${path}-wal`);
  expect(isInPlace()).toBe(false);
  sqlite.close();
});
