import { setTimeout as sleep } from 'node:timers/promises';

/** One thing that a handler did. */
export interface Entry {
  readonly event: string;
  readonly recordId: string;
  readonly text: string;
}

/** What the handlers did, newest last. Stands in for the mail server, the search index, the chat of a real app. */
export class Journal {
  readonly #entries = new Map<string, Entry>();

  /**
   * Add an entry, unless its key is there: a handler may run again for an event, so whatever it does outside must bear that.
   * Good services take such a key; with others, look whether it was done.
   */
  async add(idempotencyKey: string, entry: Entry, signal: AbortSignal): Promise<void> {
    // As over a network; whatever waits listens to the signal.
    await sleep(20, undefined, { signal });
    if (this.#entries.has(idempotencyKey)) return;
    this.#entries.set(idempotencyKey, entry);
    // An app that runs for months must not grow for months.
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > 1_000 && oldest !== undefined) this.#entries.delete(oldest);
  }

  get entries(): readonly Entry[] {
    return [...this.#entries.values()];
  }
}
