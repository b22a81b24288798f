// One install is enough: what handlers and set-ups need of core. An interface that users extend must be had from here too.
export {
  amountOf,
  type CompanyRecord,
  createReceiver,
  fullName,
  type HandlerContext,
  type HandlerOf,
  type IdempotencyStore,
  isWebhookError,
  memoryStore,
  NonRetryableError,
  type NoteRecord,
  type Observation,
  type OpportunityRecord,
  type PersonRecord,
  parseEvent,
  primaryEmail,
  primaryPhone,
  RetryAfterError,
  type TaskRecord,
  type TwentyEvent,
  type TwentyObjects,
  verifySignature,
  WebhookError,
} from '@twenty-webhooks/core';
export type { OwnReceiverOptions, PluginHandlers, TwentyPluginOptions } from './plugin-options.ts';
export { twentyWebhooks } from './twenty-webhooks.ts';
