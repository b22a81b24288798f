import type { InboxEntry } from '@twenty-webhooks/core';
import { createReceiver } from '@twenty-webhooks/core';
import { type EmbeddedInbox, sqliteInbox } from '@twenty-webhooks/sqlite';
import { secret } from '../contenders/secret.ts';
import { handler } from './make-file.ts';

/** An inbox whose worker runs, and whose handlers do nothing, but only as many of them as are let through. */
export interface GatedInbox {
  readonly inspection: EmbeddedInbox['inspection'];
  /** Many in flight. */
  put(entries: readonly InboxEntry[]): Promise<void>;
  /** Let so many handlers through; resolves when the last of them is. */
  run(jobs: number): Promise<void>;
  /** Resolves when the job of that record is begun; it needs not to be let through. */
  begun(recordId: string): Promise<void>;
  close(): Promise<void>;
}

export function openGatedInbox(path: string): GatedInbox {
  const inbox = sqliteInbox(path);
  const atGate: (() => void)[] = [];
  const awaited = new Map<string, () => void>();
  let allowed = 0;
  let passed: (() => void) | undefined;
  const pass = (): void => {
    allowed--;
    if (allowed === 0) passed?.();
  };
  const receiver = createReceiver({
    secret,
    inbox,
    on: {
      [handler]: async ({ data }: { data: { id: string } }) => {
        const begun = awaited.get(data.id);
        if (begun !== undefined) return begun();
        if (allowed === 0) await new Promise<void>((resolve) => atGate.push(resolve));
        else pass();
      },
    },
  });
  return {
    inspection: inbox.inspection,
    async put(entries) {
      const left = entries.values();
      const putOneByOne = async (): Promise<void> => {
        for (const entry of left) await inbox.put(entry, { timeoutMs: 10_000 });
      };
      await Promise.all(Array.from({ length: inFlight }, putOneByOne));
    },
    run(jobs) {
      return new Promise((resolve) => {
        passed = resolve;
        allowed = jobs;
        for (const through of atGate.splice(0, jobs)) {
          pass();
          through();
        }
      });
    },
    begun: (recordId) => new Promise((resolve) => awaited.set(recordId, resolve)),
    close: () => receiver.close({ graceMs: 0 }),
  };
}

export const inFlight = 64;
