import { digest } from '#crypto';
import type { MaybePromise } from './crypto/contract.ts';

/**
 * Remembers which handler has finished which event, so that a redelivery runs only what is still open. Used when handlers
 * run inside the request. Implement it over any shared store that can set a key atomically.
 */
export interface IdempotencyStore {
  /**
   * Try to become the one that runs `key`. Of any number of concurrent calls exactly one gets `claimed`. A claim whose
   * lease ran out can be claimed again, with another token.
   */
  claim(key: string, leaseMs: number): Promise<ClaimResult>;
  /** Start the lease anew. `false`, and nothing changed, if `token` no longer holds the claim. */
  extend(key: string, token: string, leaseMs: number): Promise<boolean>;
  /** Mark as done for `ttlMs`. `false`, and nothing changed, if `token` no longer holds the claim. */
  complete(key: string, token: string, ttlMs: number): Promise<boolean>;
  /** Give the claim back, so that a redelivery runs it. `false`, and nothing changed, if `token` no longer holds it. */
  release(key: string, token: string): Promise<boolean>;
}

/** What became of a claim: it is yours, another has it, or the work is done. */
export type ClaimResult =
  | { readonly state: 'claimed'; readonly token: string }
  | { readonly state: 'busy' }
  | { readonly state: 'done' };

/**
 * The key of one event for one handler, for stores and inboxes alike: SHA-256 in hex over the three as a JSON array. The
 * workspace belongs to it because an envelope's id is the sender's free text.
 */
export function idempotencyKey(workspaceId: string, eventId: string, handlerName: string): MaybePromise<string> {
  return digest([keyText(workspaceId, eventId, handlerName)]);
}

/** What an idempotency key is the hash of: in the memory of one process as good as that, and cheaper. */
export const keyText = (workspaceId: string, eventId: string, handlerName: string): string =>
  JSON.stringify([workspaceId, eventId, handlerName]);

/** A store, or one in the memory of this process, which answers at once. */
export type Claims = {
  readonly [Name in keyof IdempotencyStore]: (
    ...parameters: Parameters<IdempotencyStore[Name]>
  ) => MaybePromise<Awaited<ReturnType<IdempotencyStore[Name]>>>;
};
