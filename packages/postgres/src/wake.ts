import type { Db } from 'pg-boss';

/**
 * Tells the workers of other processes that there is something to do, with NOTIFY; they look by themselves every second
 * anyway. pg-boss can do it in each insert, but that costs half of their speed; here one NOTIFY follows any number of them.
 */
export class Waker {
  readonly #queue: string;
  #isOnItsWay = false;
  #isWantedAgain = false;

  constructor(queue: string) {
    this.#queue = queue;
  }

  wake(db: Db): void {
    if (this.#isOnItsWay) {
      this.#isWantedAgain = true;
      return;
    }
    this.#isOnItsWay = true;
    const next = (): void => {
      this.#isOnItsWay = false;
      if (!this.#isWantedAgain) return;
      this.#isWantedAgain = false;
      this.wake(db);
    };
    // A hint that is lost costs a second.
    db.executeSql('SELECT pg_notify($1, $2)', [channel, this.#queue]).then(next, next);
  }
}

/** Hears of it, if the database can do that; connects again by itself. */
export class Listener {
  readonly #queue: string;
  readonly #onWake: () => void;
  #listening: Promise<Listening | undefined> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(queue: string, onWake: () => void) {
    this.#queue = queue;
    this.#onWake = onWake;
  }

  start(db: Db): void {
    if (this.#isClosed || db.listen === undefined) return;
    const hear = (payload: string): void => {
      if (payload === this.#queue) this.#onWake();
    };
    this.#listening = db.listen(channel, hear, this.#onWake).catch(() => {
      this.#timer = setTimeout(() => this.start(db), againMs);
      return undefined;
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await (await this.#listening)?.close().catch(() => {});
    clearTimeout(this.#timer);
  }
}

/** What ends it. */
type Listening = Awaited<ReturnType<NonNullable<Db['listen']>>>;

const channel = 'twenty_webhooks';
const againMs = 30_000;
