import { immediate } from '#crypto';
import { after } from './after.ts';
import type { MaybePromise } from './crypto/contract.ts';
import { within } from './deadline.ts';
import type { Delivery } from './delivery.ts';
import type { RegisteredHandler } from './dispatch.ts';
import { type FailureCode, WebhookError } from './errors.ts';
import type { TwentyEvent } from './events.ts';
import { type ClaimResult, type Claims, type IdempotencyStore, idempotencyKey, keyText } from './idempotency.ts';
import { InlineContext } from './inline-context.ts';
import type { Logger } from './logger.ts';
import { createMemoryClaims } from './memory/memory-claims.ts';
import type { LateSettlement } from './observation.ts';
import { reasonOf } from './outcome.ts';

export interface InlineOptions {
  /** Without one, claims are made in the memory of this process. */
  readonly store: IdempotencyStore | 'off' | undefined;
  readonly handlerTimeoutMs: number;
  readonly now: () => number;
  readonly logger: Logger;
  readonly observe: ((late: LateSettlement) => void) | undefined;
}

/** What became of all handlers of one event together. */
export type InlineResult =
  | { readonly status: 'handled' | 'duplicate' | 'busy' }
  | { readonly status: 'failed'; readonly code: FailureCode; readonly reason: string; readonly cause?: unknown };

/** Runs handlers inside the request. */
export interface InlineHandling {
  /** Run the handlers concurrently; answers at once if all of them do, and never later than the deadline. */
  handle(
    handlers: readonly RegisteredHandler[],
    event: TwentyEvent,
    delivery: Delivery,
  ): InlineResult | Promise<InlineResult>;
  /** Wait for what still runs, then abort it. */
  close(graceMs: number): Promise<void>;
}

export function createInlineHandling(options: InlineOptions): InlineHandling {
  const claims = options.store ?? createMemoryClaims();
  const active = new Map<Batch, Promise<unknown>>();

  async function waitFor(batch: Batch, finished: Promise<unknown>): Promise<InlineResult> {
    // What waits for nothing outside, stores in memory included, is done after a few turns, and needs no timer.
    for (let turn = 0; turn < promptTurns && batch.isOpen; turn++) await undefined;
    if (!batch.isOpen) return batch.conclude();
    active.set(batch, finished);
    void finished.then(() => active.delete(batch));
    // From receipt; and a clock that was set back meanwhile does not prolong it.
    const elapsedMs = Math.max(0, options.now() - batch.delivery.receivedAtMs);
    return batch.concludeWithin(finished, Math.max(0, options.handlerTimeoutMs - elapsedMs));
  }

  return {
    handle(handlers, event, delivery) {
      const batch = new Batch(handlers, event, delivery, claims, options);
      const finished = batch.start();
      return finished === undefined ? batch.conclude() : waitFor(batch, finished);
    },
    async close(graceMs) {
      await within(graceMs, Promise.all(active.values()));
      for (const batch of active.keys()) batch.abort('the receiver was closed');
    },
  };
}

/** One event with one handler. */
interface Run {
  readonly handler: RegisteredHandler;
  state: 'claiming' | 'running' | 'handled' | 'duplicate' | 'busy' | 'failed' | 'unavailable';
  cause?: unknown;
  /** Extends its claim. Bound, no closure: that would keep the whole event alive until V8 collects its old garbage. */
  extend: (() => MaybePromise<boolean>) | undefined;
}

/** What a state means when the answer must go out. */
const failures = {
  failed: 'HANDLER_FAILED',
  running: 'HANDLER_TIMEOUT',
  unavailable: 'INBOX_UNAVAILABLE',
  claiming: 'INBOX_UNAVAILABLE',
} as const;

/** The handlers of one event, from start to answer, and after it if one of them is late. */
class Batch {
  readonly event: TwentyEvent;
  readonly delivery: Delivery;
  readonly #store: Claims | 'off';
  readonly #options: InlineOptions;
  readonly #runs: readonly Run[];
  #open = 0;
  #isLate = false;
  #abort: AbortController | undefined;

  constructor(
    handlers: readonly RegisteredHandler[],
    event: TwentyEvent,
    delivery: Delivery,
    store: Claims | 'off',
    options: InlineOptions,
  ) {
    this.event = event;
    this.delivery = delivery;
    this.#store = store;
    this.#options = options;
    const state = store === 'off' ? 'running' : 'claiming';
    this.#runs = handlers.map((handler) => ({ handler, state, extend: undefined }));
  }

  /** Start every handler. `undefined` if all are finished at once, else a promise that never rejects. */
  start(): Promise<unknown> | undefined {
    const pending: Promise<void>[] = [];
    for (const run of this.#runs) {
      const result = this.#start(run);
      if (result === undefined) continue;
      this.#open++;
      pending.push(result.then(() => void this.#open--));
    }
    return pending.length > 1 ? Promise.all(pending) : pending[0];
  }

  /** Whether what `start` started is still on its way. */
  get isOpen(): boolean {
    return this.#open > 0;
  }

  async concludeWithin(finished: Promise<unknown>, remainingMs: number): Promise<InlineResult> {
    if ((await within(remainingMs, finished)) === undefined) {
      this.#isLate = true;
      this.abort('the time for handlers is up');
      for (const run of this.#runs) if (run.state === 'running') this.#keepClaim(run);
    }
    return this.conclude();
  }

  /** The answer to where things stand: failed > busy > handled > duplicate. */
  conclude(): InlineResult {
    let status: 'handled' | 'duplicate' | 'busy' = 'duplicate';
    let failure: InlineResult | undefined;
    for (const { state, handler, cause } of this.#runs) {
      if (state === 'handled' || state === 'duplicate' || state === 'busy') {
        if (state === 'busy' || status === 'duplicate') status = state;
        continue;
      }
      const code = failures[state];
      // What was thrown says more than what was only too slow.
      if (failure !== undefined && code !== 'HANDLER_FAILED') continue;
      failure = {
        status: 'failed',
        code,
        reason: `${reasonOf(code)}. Handler: ${JSON.stringify(handler.name)}`,
        cause,
      };
    }
    return failure ?? { status };
  }

  abort(why: string): void {
    this.#controller().abort(new WebhookError('HANDLER_TIMEOUT', why));
  }

  /** Made when a handler first asks for it: most never do. */
  get signal(): AbortSignal {
    return this.#controller().signal;
  }

  #controller(): AbortController {
    this.#abort ??= new AbortController();
    return this.#abort;
  }

  /** From the claim to its end. Never rejects; `undefined` if there was nothing to wait for. */
  #start(run: Run): MaybePromise<undefined> {
    const store = this.#store;
    // Nothing to wait for before the handler runs.
    if (store === 'off' && immediate) return this.#invoke(run, undefined);
    try {
      const { workspaceId, id } = this.event;
      const handlerName = run.handler.name;
      const text = keyText(workspaceId, id, handlerName);
      // What a sender can make long is hashed: the memory of the process is bounded.
      const isOwnKey = immediate && this.#options.store === undefined && text.length < 300;
      // Where digests are promises, the handler's key must be there before the handler asks for it.
      const result = after<string | undefined, unknown>(
        isOwnKey ? undefined : idempotencyKey(workspaceId, id, handlerName),
        (digest) => (store === 'off' ? this.#invoke(run, digest) : this.#claim(run, store, digest ?? text, digest)),
      );
      return after<unknown, undefined>(
        result,
        () => undefined,
        (cause) => this.#storeFailed(run, cause),
      );
    } catch (cause) {
      return this.#storeFailed(run, cause);
    }
  }

  #claim(run: Run, store: Claims, key: string, digest: string | undefined): MaybePromise<unknown> {
    const leaseMs = this.#options.handlerTimeoutMs + leaseMarginMs;
    return after<ClaimResult, unknown>(store.claim(key, leaseMs), (claim) => {
      if (claim.state !== 'claimed') {
        run.state = claim.state === 'done' ? 'duplicate' : 'busy';
        return;
      }
      const { token } = claim;
      // The claim came after the answer: nobody waits any more, and a redelivery may have it.
      if (this.#isLate) return store.release(key, token);
      run.extend = store.extend.bind(store, key, token, leaseMs);
      return after<undefined, unknown>(this.#invoke(run, digest), () =>
        run.state === 'handled' ? store.complete(key, token, doneTtlMs) : store.release(key, token),
      );
    });
  }

  #storeFailed(run: Run, cause: unknown): undefined {
    // A handler that finished stays finished, though a redelivery may run it again.
    if (run.state === 'claiming') Object.assign(run, { state: 'unavailable', cause });
    else this.#options.logger.error('[twenty-webhooks] the idempotency store failed', cause);
  }

  #invoke(run: Run, key: string | undefined): MaybePromise<undefined> {
    run.state = 'running';
    try {
      return after<unknown, undefined>(
        run.handler.run(this.event, new InlineContext(this, run.handler.name, key)),
        () => this.#settle(run, 'handled'),
        (cause) => this.#settle(run, 'failed', cause),
      );
    } catch (cause) {
      return this.#settle(run, 'failed', cause);
    }
  }

  #settle(run: Run, state: 'handled' | 'failed', cause?: unknown): undefined {
    run.state = state;
    const { logger, observe } = this.#options;
    const handlerName = run.handler.name;
    if (state === 'failed') {
      run.cause = cause;
      logger.error(`[twenty-webhooks] handler ${JSON.stringify(handlerName)} failed`, cause);
    }
    if (!this.#isLate) return;
    const result = state === 'handled' ? 'done' : 'failed';
    observe?.({ status: 'late', result, handlerName, event: this.event, ...(result === 'failed' && { cause }) });
  }

  /** Keep the claim of a late run as long as it runs, so that a redelivery is `busy` meanwhile. */
  #keepClaim(run: Run): void {
    const keep = async (): Promise<void> => {
      // Async, so that a store that throws or answers at once is no different.
      const extend = async () => run.extend?.();
      const isHeld = await extend().catch(() => true);
      if (!isHeld || run.state !== 'running') clearInterval(timer);
    };
    const timer = setInterval(keep, leaseMarginMs / 2);
    // On Node a handler that never returns must not keep the process alive.
    (timer as { unref?: () => void }).unref?.();
    void keep();
  }
}

/** How many turns of the microtask queue are waited for before a timer is worth it. */
const promptTurns = 16;
/** A claim outlives its deadline by this, so that a process that dies blocks the event only for so long. */
const leaseMarginMs = 5_000;
/** Longer than the guide's last redelivery, 39 hours after the first attempt. */
const doneTtlMs = 3 * 24 * 60 * 60 * 1_000;
