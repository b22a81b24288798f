import { WebhookError, within } from '@twenty-webhooks/core';
import type { Redis } from 'ioredis';
import { openAskingClient, type RedisConnectionOption } from './open-client.ts';
import { toRedisError } from './redis-errors.ts';
import type { RedisLog } from './redis-log.ts';

export interface RedisLinkOptions {
  readonly connection: RedisConnectionOption;
  /** What is to be seen to when it is there for the first time. @throws INBOX_INVALID, INBOX_UNAVAILABLE */
  readonly check: (client: Redis) => Promise<void>;
  readonly log: RedisLog;
}

/**
 * The connection over which Redis is asked: opened at once, checked when it is there for the first time, opened again
 * whenever it breaks.
 */
export class RedisLink {
  readonly client: Redis;
  readonly #options: RedisLinkOptions;
  #isChecked = false;
  #isUsable = false;
  #isClosed = false;
  /** Why it cannot be used at the moment. */
  #failure: WebhookError | undefined;
  #waiting: Waiting[] = [];

  constructor(options: RedisLinkOptions) {
    this.#options = options;
    this.client = openAskingClient(options.connection);
    this.client.on('ready', () => void this.#check());
    this.client.on('close', () => {
      this.#isUsable = false;
    });
    // Without a listener an error would end the process.
    this.client.on('error', (cause) => this.#fail(cause));
  }

  /**
   * Resolves when it can be used; rejects when it is known why it cannot. It goes on trying either way.
   *
   * @throws INBOX_INVALID, INBOX_UNAVAILABLE
   */
  ready(): Promise<void> {
    if (!this.#isUsable && this.#failure !== undefined) return Promise.reject(this.#failure);
    return this.#wait(false);
  }

  /**
   * Wait for the connection, since it may be there in a moment, but not for long; what cannot get better is not waited for.
   *
   * @throws INBOX_INVALID, INBOX_UNAVAILABLE
   */
  async usable(timeoutMs: number): Promise<void> {
    if (this.#isUsable && !this.#isClosed) return;
    if (this.#failure?.code === 'INBOX_INVALID') throw this.#failure;
    const asked = this.#waiting.length;
    const waiting = this.#wait(true);
    const waiter = this.#waiting[asked];
    if ((await within(timeoutMs, waiting)) !== undefined) return;
    // An outage may last for days, with deliveries all the time.
    this.#waiting = this.#waiting.filter((one) => one !== waiter);
    throw this.#failure ?? new WebhookError('INBOX_UNAVAILABLE', 'There is no connection to Redis yet');
  }

  /** Begin a new connection. @throws INBOX_UNAVAILABLE if there is none in a moment */
  reconnect(): Promise<void> {
    this.#isUsable = false;
    this.client.disconnect(true);
    return this.usable(lookAgainMs);
  }

  /** Call this once, as soon as it can be used. */
  whenUsable(callback: () => void): void {
    // Rejects only when it is closed; `#wait` is patient, but INBOX_INVALID may be mended.
    const attempt = (): void =>
      void this.#wait(true)
        .then(
          () => callback(),
          () => this.#isClosed || attempt(),
        )
        .catch(this.#options.log);
    attempt();
  }

  close(): void {
    this.#isClosed = true;
    this.#isUsable = false;
    this.client.disconnect();
    this.#reject(closed(), () => true);
  }

  #wait(isPatient: boolean): Promise<void> {
    if (this.#isClosed) return Promise.reject(closed());
    if (this.#isUsable) return Promise.resolve();
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject, isPatient }));
  }

  async #check(): Promise<void> {
    try {
      // A number that does not exist is refused, and database 0 taken for it.
      if (this.#failure !== undefined && noDatabase.test(this.#failure.message)) throw this.#failure;
      if (!this.#isChecked) await this.#options.check(this.client);
    } catch (cause) {
      this.#fail(cause);
      // Whoever mends it does not tell: a new connection begins with a new look.
      // Unless it broke by itself, and the new one is good.
      setTimeout(() => this.#isClosed || this.#isUsable || this.client.disconnect(true), lookAgainMs).unref();
      return;
    }
    if (this.#isClosed || this.client.status !== 'ready') return;
    this.#isChecked = true;
    this.#isUsable = true;
    this.#failure = undefined;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { resolve } of waiting) resolve();
  }

  #fail(cause: unknown): void {
    if (this.#isClosed) return;
    const failure = toRedisError(cause);
    this.#failure = failure;
    this.#options.log(failure);
    this.#reject(failure, ({ isPatient }) => !isPatient || failure.code === 'INBOX_INVALID');
  }

  #reject(cause: WebhookError, isMeant: (one: Waiting) => boolean): void {
    const waiting = this.#waiting;
    this.#waiting = waiting.filter((one) => !isMeant(one));
    for (const one of waiting) if (isMeant(one)) one.reject(cause);
  }
}

interface Waiting {
  /** Not to be bothered with what may get better. */
  readonly isPatient: boolean;
  resolve(): void;
  reject(cause: unknown): void;
}

const lookAgainMs = 1_000;

const noDatabase = /no database of this number/;

const closed = (): WebhookError => new WebhookError('INBOX_UNAVAILABLE', 'The connection to Redis was closed');
