import type { Db } from 'pg-boss';

/** What ends it. */
export type Listening = Awaited<ReturnType<NonNullable<Db['listen']>>>;

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

/** Hear of it, if the database can; reconnects by itself. `undefined` if it cannot be done now. */
export async function listen(db: Db, queue: string, onWake: () => void): Promise<Listening | undefined> {
  try {
    return await db.listen?.(channel, (payload) => payload === queue && onWake(), onWake);
  } catch {
    return undefined;
  }
}

const channel = 'twenty_webhooks';
