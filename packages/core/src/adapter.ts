import { WebhookError } from './errors.ts';
import type { TwentyObjects } from './objects.ts';
import { invalidOption } from './option-checks.ts';
import type { ReceiverOptions } from './options.ts';
import { createReceiver, type Receiver } from './receiver.ts';
import type { Schemas, WithSchemas } from './standard-schema.ts';

/** What an adapter needs of a receiver. */
export type AdapterReceiver = Pick<Receiver, 'receive' | 'isVerifyOnly' | 'close'>;

/** The receiver that an adapter makes of its options. */
export type ReceiverFor<TSchemas extends Schemas> = Receiver<WithSchemas<TwentyObjects, TSchemas>>;

/** Where an adapter answers. */
export interface PathOption {
  /** Where deliveries arrive; what exactly it is compared with is the adapter's matter. */
  readonly path?: string | undefined;
}

/** Options of an adapter: the receiver's own. */
export type AdapterOptions<TOn, TSchemas extends Schemas> = ReceiverOptions<TOn, TSchemas> &
  PathOption & { readonly receiver?: undefined };

/** Options of an adapter for a receiver that exists already. Whoever made it closes it. */
export interface ReadyReceiverOptions<TReceiver extends AdapterReceiver = AdapterReceiver> extends PathOption {
  readonly receiver: TReceiver;
}

/** The path that Twenty's guide uses. */
export const defaultPath = '/webhooks/twenty';

/**
 * Take the receiver out of an adapter's options, or make it of them.
 *
 * @throws what `createReceiver` throws
 */
export function toReceiver({
  path: _path,
  receiver,
  ...options
}: AdapterOptions<unknown, Schemas> | ReadyReceiverOptions): AdapterReceiver {
  if (receiver === undefined) return createReceiver(options as ReceiverOptions);
  // A handler given here would never run, and nobody would know.
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined)
      throw invalidOption(
        `The option ${JSON.stringify(name)} comes too late for a receiver that is made already: give it there.`,
      );
  }
  return receiver;
}

/**
 * For adapters that cannot go on to another handler: refuse a receiver that only verifies.
 *
 * @throws HANDLERS_MISSING
 */
export function requireHandlers(receiver: Pick<Receiver, 'isVerifyOnly'>): void {
  if (!receiver.isVerifyOnly) return;
  throw new WebhookError(
    'HANDLERS_MISSING',
    "No handler is given, so every event would be thrown away. Add some: on: { 'person.created': (event) => … }. To only verify, use verifySignature and parseEvent.",
  );
}
