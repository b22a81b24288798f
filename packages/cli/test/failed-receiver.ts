import { createReceiver, type Inbox, type InboxInspection, NonRetryableError } from '@twenty-webhooks/core';
import { sampleEvent, signDelivery } from '@twenty-webhooks/testing';
import { expect, vi } from 'vitest';

const secret = 'a secret of twenty-three';

const until = (assertion: () => Promise<void>): Promise<void> =>
  vi.waitFor(assertion, { timeout: 10_000, interval: 20 });

/** Let jobs of these events die in an inbox, and close it. */
export async function leaveDeadJobs(
  inbox: Inbox & { readonly inspection: InboxInspection },
  events: readonly object[],
): Promise<void> {
  const receiver = createReceiver({ secret, inbox, work: false, logger: { warn() {}, error() {} } });
  receiver.on('*', { name: 'won-deals' }, () => {
    throw new NonRetryableError('the deal\x1b[2J is gone\nand so\x1b[2J is that');
  });
  receiver.start();
  for (const event of events) {
    const outcome = await receiver.receive({ method: 'POST', url: '/', ...signDelivery(event, { secret }) });
    expect(outcome.status).toBe('accepted');
  }
  await until(async () => expect(await inbox.inspection.counts()).toMatchObject({ dead: events.length }));
  await receiver.close({ graceMs: 100 });
}

/** Let a worker of the app run what is there, until nothing waits. */
export async function runWaitingJobs(
  inbox: Inbox & { readonly inspection: InboxInspection },
): Promise<readonly string[]> {
  const ran: string[] = [];
  const receiver = createReceiver({ secret, inbox, work: false, logger: { warn() {}, error() {} } });
  receiver.on('*', { name: 'won-deals' }, ({ event }) => void ran.push(event));
  receiver.start();
  await until(async () => expect(await inbox.inspection.counts()).toMatchObject({ waiting: 0, running: 0 }));
  await receiver.close({ graceMs: 100 });
  return ran;
}

/** A body of Twenty that holds the secret of a webhook. */
export function webhookEvent(canary: string): object {
  return sampleEvent('metadata.webhook.updated', {
    overrides: {
      event: { properties: { after: { secret: canary }, diff: { secret: { before: canary, after: canary } } } },
    },
  });
}
