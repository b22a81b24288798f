import type { ReceiverOptions } from '@twenty-webhooks/core';
import { secret } from '../contenders/secret.ts';

/** How a server takes deliveries: a route written by hand, the adapter without and with idempotency. */
export const variants = ['by hand', "adapter, idempotency 'off'", 'adapter, default settings'] as const;

export type Variant = (typeof variants)[number];

/** The adapter's options of a variant. */
export function optionsOf(variant: Variant): ReceiverOptions {
  const on: Record<string, () => void> = { 'person.created': () => {} };
  return variant === 'adapter, default settings' ? { secret, on } : { secret, on, idempotency: 'off' };
}
