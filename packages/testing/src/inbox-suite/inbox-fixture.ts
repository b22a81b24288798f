import type { Inbox } from '@twenty-webhooks/core';

/**
 * What not every inbox can do.
 *
 * - `crash`: what it has stored outlives a process that is killed.
 * - `sharing`: several inboxes on one storage, at the same time and one after the other.
 * - `order`: jobs of one record for one handler run one after the other.
 * - `inspection`: the inbox has an `inspection`.
 * - `outage`: its storage can fail, and be there again.
 */
export type InboxAbility = 'crash' | 'sharing' | 'order' | 'inspection' | 'outage';

/** An inbox that can be opened, over and over, for `describeInbox`. */
export interface InboxFixture {
  /** What it cannot do: the cases about that are left out. @default [] */
  readonly lacks?: readonly InboxAbility[];
  /** Make an empty storage; each case has one of its own. */
  createStorage(): InboxStorage | Promise<InboxStorage>;
  /**
   * For `crash`: the URL of a module that exports an `OpenInbox` named `openInbox`. Processes that are going to be killed
   * import it; they are started as this one was (`process.execPath`, `process.execArgv`).
   */
  readonly childModule?: string | undefined;
  /** The lease of the cases in which one runs out. @default 1 000 */
  readonly leaseMs?: number | undefined;
  /** How long a case waits for what must happen at once. More is for slow machines and far storages. @default 5 000 */
  readonly patienceMs?: number | undefined;
}

/** What is behind the inboxes of one case: a file, a database, a prefix of keys. */
export interface InboxStorage {
  /** How `childModule` finds it. */
  readonly location: string;
  /** Open an inbox on it with exactly these options. Called once a case, with `sharing` several times. */
  open(options: InboxSettings): Inbox | Promise<Inbox>;
  /** For `outage`: let nothing be stored from now on; gives how to repair it. */
  breakDown?(): Repair | Promise<Repair>;
  /** Delete it; every inbox on it is closed. */
  close?(): void | Promise<void>;
}

/** Undo what a storage was made to suffer. */
export type Repair = () => void | Promise<void>;

/** With what a fixture is to open an inbox: no more, no less. */
export interface InboxSettings {
  /** How many handlers may run at the same time. */
  readonly concurrency: number;
  /** If its process dies, others may run its jobs after this. Running handlers renew it. */
  readonly leaseMs: number;
}

/** What `childModule` exports as `openInbox`. */
export type OpenInbox = (location: string, settings: InboxSettings) => Inbox | Promise<Inbox>;
