import { join } from 'node:path';
import type { ReceiverOptions } from '@twenty-webhooks/core';
import { sqliteInbox } from '@twenty-webhooks/sqlite';
import { secret } from '../contenders/secret.ts';
import { routes } from './by-hand.ts';

/**
 * How a server takes deliveries: a route that reads the bytes and answers, a route written by hand, the adapter without and
 * with idempotency, the adapter with an inbox.
 */
export const variants = [
  'bare',
  'by hand',
  "adapter, idempotency 'off'",
  'adapter, default settings',
  'adapter, sqliteInbox',
] as const;

export type Variant = (typeof variants)[number];

/** Those without an adapter. */
export type RouteVariant = keyof typeof routes;

export const isRoute = (variant: Variant): variant is RouteVariant => variant in routes;

/** The adapter's options of a variant. What it stores is in the folder. */
export function optionsOf(variant: Exclude<Variant, RouteVariant>, folder: string): ReceiverOptions {
  const on: Record<string, () => void> = { 'person.created': () => {} };
  switch (variant) {
    case "adapter, idempotency 'off'":
      return { secret, on, idempotency: 'off' };
    case 'adapter, default settings':
      return { secret, on };
    case 'adapter, sqliteInbox':
      return { secret, on, inbox: sqliteInbox(inboxFile(folder)) };
  }
}

/** Where the variant with an inbox stores its jobs. */
export const inboxFile = (folder: string): string => join(folder, 'inbox.sqlite');
