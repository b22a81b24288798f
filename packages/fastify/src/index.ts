// One install is enough: what handlers and set-ups need of core.
export {
  amountOf,
  createReceiver,
  fullName,
  type HandlerOf,
  isWebhookError,
  memoryStore,
  NonRetryableError,
  primaryEmail,
  primaryPhone,
  RetryAfterError,
  type TwentyEvent,
  type TwentyObjects,
  WebhookError,
} from '@twenty-webhooks/core';
export type { OwnReceiverOptions, PluginHandlers, TwentyPluginOptions } from './plugin-options.ts';
export { twentyWebhooks } from './twenty-webhooks.ts';
