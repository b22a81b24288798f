import type { MaybePromise } from './crypto/contract.ts';

/**
 * Go on with a value: at once if it is there, since each turn of the queue costs, else when its promise resolves. `failed` is
 * for a promise that rejects; what throws at once is thrown.
 */
export function after<TValue, TResult>(
  value: TValue | PromiseLike<TValue>,
  next: (value: TValue) => MaybePromise<TResult>,
  failed?: (cause: unknown) => TResult,
): MaybePromise<TResult> {
  return isPromiseLike(value) ? Promise.resolve(value).then(next, failed) : next(value);
}

const isPromiseLike = <TValue>(value: TValue | PromiseLike<TValue>): value is PromiseLike<TValue> =>
  typeof value === 'object' && value !== null && typeof (value as PromiseLike<TValue>).then === 'function';
