/** One thing that a handler did. */
export interface Entry {
  readonly event: string;
  readonly recordId: string;
  readonly text: string;
}

/** What the handlers did, newest last. Stands in for the mail server, the search index, the chat of a real app. */
export class Journal {
  readonly #entries: Entry[] = [];

  add(entry: Entry): void {
    this.#entries.push(entry);
    // An app that runs for months must not grow for months.
    if (this.#entries.length > 1_000) this.#entries.shift();
  }

  get entries(): readonly Entry[] {
    return this.#entries;
  }
}
