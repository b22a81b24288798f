import { type InboxInspection, WebhookError, within } from '@twenty-webhooks/core';

/** An inspection whose reads do not wait for ever for a server that hangs. Changes take as long as they take. */
export function limitReads(inspection: InboxInspection, timeoutMs: number): InboxInspection {
  const limited = async <T>(reading: Promise<T>): Promise<T> => {
    const done = await within(timeoutMs, reading);
    if (done !== undefined) return done.value;
    throw new WebhookError('INBOX_UNAVAILABLE', `no answer within ${timeoutMs / 1_000} s`);
  };
  return {
    counts: () => limited(inspection.counts()),
    list: (options) => limited(inspection.list(options)),
    get: (key) => limited(inspection.get(key)),
    retry: (which) => inspection.retry(which),
    purge: (filter) => inspection.purge(filter),
  };
}
