import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type EmbeddedInbox, type EmbeddedInboxOptions, type InboxEntry, memoryInbox } from '@twenty-webhooks/core';
import { sqliteInbox } from '@twenty-webhooks/sqlite';
import type { Choices } from '../choices.ts';
import { InboxWorld } from '../inbox-model/inbox-world.ts';
import { operate } from '../inbox-model/operations.ts';
import { concurrency, retentionMs } from '../inbox-model/settings.ts';
import type { Property } from '../property.ts';
import { makeQuickFolder } from '../quick-folder.ts';

/** Open the inbox under test; of one folder it is the same inbox again, if it is one that keeps files. */
export type OpenInboxIn = (folder: string, options: EmbeddedInboxOptions) => EmbeddedInbox;

/** The inbox in a SQLite file does what a model does, through any operations, failures, closings and moves of the clock. */
export function sqliteInboxProperty(
  open: OpenInboxIn = (folder, options) => sqliteInbox(join(folder, 'inbox.db'), options),
): Property {
  return {
    name: 'sqlite-inbox',
    weight: 150,
    maxScriptBytes: 240,
    testCases: 40,
    async check(choices) {
      const folder = makeQuickFolder();
      try {
        await runCase(choices, (options) => open(folder, options), true);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
}

/** The inbox in memory as well; it does not outlive its closing. */
export function memoryInboxProperty(open: OpenInboxIn = (_folder, options) => memoryInbox(options)): Property {
  return {
    name: 'memory-inbox',
    weight: 350,
    maxScriptBytes: 240,
    testCases: 80,
    check: (choices) => runCase(choices, (options) => open('', options), false),
  };
}

async function runCase(
  choices: Choices,
  open: (options: EmbeddedInboxOptions) => EmbeddedInbox,
  isDurable: boolean,
): Promise<void> {
  const retentionDays = retentionMs / 86_400_000;
  const world = new InboxWorld((now) => open({ now, concurrency, retentionDays }));
  const trace: string[] = [];
  try {
    const entries: InboxEntry[] = [];
    while (!choices.isSpent) trace.push(await operate(world, choices, { entries, isDurable }));
  } catch (error) {
    throw new Error(`After ${trace.join(', ')}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  } finally {
    await world.close();
  }
}
