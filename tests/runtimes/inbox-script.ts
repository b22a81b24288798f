import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { sqliteInbox, sqliteStore } from '@twenty-webhooks/sqlite';
import { idempotencyStoreCases, inboxCases } from '@twenty-webhooks/testing';
import { createSqliteStorage } from '../../packages/sqlite/src/testdata/sqlite-storage.ts';
import { runtimeName } from './own-server.ts';
import { runCases } from './run-cases.ts';
import { skippedIn } from './skipped-cases.ts';

// Bun and Deno run this: all cases of the SQLite inbox and store, with processes of the same runtime that are killed.

const folder = mkdtempSync(join(tmpdir(), 'stores-'));
let files = 0;

const inbox = inboxCases({
  createStorage: () => createSqliteStorage(sqliteInbox),
  childModule: pathToFileURL(join(process.cwd(), 'open-inbox.js')).href,
  patienceMs: 10_000,
});
const store = idempotencyStoreCases(() => {
  let nowMs = 1_000;
  const { close, ...store } = sqliteStore(join(folder, `${++files}.sqlite`), { now: () => nowMs });
  const advance = (ms: number): void => {
    nowMs += ms;
  };
  return { store, advance, close };
});
const reports = {
  sqliteStore: await runCases(store),
  sqliteInbox: await runCases(inbox, skippedIn(runtimeName, 'sqliteInbox')),
};
rmSync(folder, { recursive: true });
process.stdout.write(JSON.stringify({ reports }), () => process.exit());
