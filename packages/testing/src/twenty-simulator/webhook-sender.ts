import { signDelivery, type WireFormat } from '../sign-delivery.ts';
import type { DeliveryAttempt, DeliveryCause } from './delivery-attempt.ts';
import { createDeliveryQueue } from './delivery-queue.ts';
import { eventBody, type SimulatedEvent } from './event-body.ts';
import { post } from './http-post.ts';
import type { SigningSecrets } from './signing-secrets.ts';
import type { SimulatorClock } from './simulator-clock.ts';
import type { SimulatorFaults } from './simulator-options.ts';
import type { SimulatedWebhook, WebhookRegistry } from './webhook-registry.ts';

/** Sends events to the webhooks that subscribe to them, as Twenty does or as its guide says. */
export interface WebhookSender {
  /** @param exceptId the webhook that hears nothing of it */
  send(event: SimulatedEvent, exceptId?: string): void;
  readonly attempts: readonly DeliveryAttempt[];
  hold(): void;
  release(): void;
  settled(): Promise<void>;
  close(): void;
}

export interface WebhookSenderOptions {
  readonly webhooks: WebhookRegistry;
  readonly secrets: SigningSecrets;
  readonly delivery: 'server' | 'documented';
  readonly format: WireFormat;
  readonly faults: () => SimulatorFaults;
  readonly random: () => number;
  readonly clock: SimulatorClock;
  readonly observe: (attempt: DeliveryAttempt) => void;
  readonly attemptsKept: number;
  /** The address that answers a redirect to a webhook's target. */
  readonly redirectUrl: (status: number, webhook: SimulatedWebhook) => string;
}

interface Delivery {
  readonly event: SimulatedEvent;
  readonly webhookId: string;
  readonly body: Uint8Array;
  readonly cause: DeliveryCause;
  /** How often it was tried again. */
  readonly retries: number;
}

export function createWebhookSender(options: WebhookSenderOptions): WebhookSender {
  const { webhooks, secrets, delivery, format, faults, random, clock, observe, attemptsKept, redirectUrl } = options;
  const { timeoutMs, retryAfterMs } = policies[delivery];
  // In the order in which they began; those under way are not made yet.
  const attempts: { made?: DeliveryAttempt }[] = [];
  const begin = (entry: (typeof attempts)[number]) => {
    attempts.push(entry);
    if (attempts.length > attemptsKept) attempts.shift();
  };
  const underWay = new Set<AbortController>();
  const retryTimers = new Set<() => void>();
  let isClosed = false;

  const queue = createDeliveryQueue<Delivery>({
    run(job) {
      const delivery = deliver(job);
      clock.waitFor?.(delivery);
      return delivery;
    },
    parallel: 20,
    // Not every `random` stays below 1.
    pick: (waiting) => (faults().shuffle === true ? Math.min(Math.floor(random() * waiting), waiting - 1) : 0),
  });
  const happens = (share: number | undefined) => share !== undefined && share > 0 && random() < share;

  return {
    send(event, exceptId) {
      for (const webhook of webhooks.subscribedTo(event.name).filter(({ id }) => id !== exceptId)) {
        const dateMs = clock.now();
        const bytesAt = (date: number) =>
          new TextEncoder().encode(JSON.stringify(eventBody(event, { webhook, format, dateMs: date })));
        const first = { event, webhookId: webhook.id, body: bytesAt(dateMs), cause: 'change', retries: 0 } as const;
        const { drop, duplicate, refanout } = faults();
        if (happens(drop)) {
          const made = dropped(first, webhook, dateMs);
          begin({ made });
          tell(made);
          continue;
        }
        queue.add(first);
        if (happens(duplicate)) queue.add({ ...first, cause: 'duplicate' });
        // A millisecond later at least, or it would be the same bytes.
        if (happens(refanout)) queue.add({ ...first, body: bytesAt(dateMs + 1), cause: 'refanout' });
      }
    },
    get attempts() {
      return attempts.flatMap(({ made }) => (made === undefined ? [] : [made]));
    },
    hold: queue.hold,
    release: queue.release,
    settled: queue.settled,
    close() {
      isClosed = true;
      queue.close();
      for (const cancel of retryTimers) cancel();
      for (const controller of underWay) controller.abort();
    },
  };

  async function deliver(job: Delivery): Promise<void> {
    const webhook = webhooks.get(job.webhookId);
    if (webhook === undefined || !webhook.isActive) return;
    const startedAtMs = clock.now();
    const entry: (typeof attempts)[number] = {};
    begin(entry);
    const headers = headersFor(job.body, { format, secret: secrets.take(webhook), timestamp: startedAtMs });
    const answer = await postWithin(webhook, { headers, body: job.body });
    if (isClosed) return;
    const durationMs = clock.now() - startedAtMs;
    entry.made = { ...factsOf(job, webhook), headers, ...answer, startedAtMs, durationMs };
    if (answer.status !== 200) retryLater(job);
    tell(entry.made);
  }

  /** An observer that throws is loud, but none of the deliveries' business. */
  function tell(attempt: DeliveryAttempt): void {
    try {
      observe(attempt);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }

  async function postWithin(
    webhook: SimulatedWebhook,
    request: { readonly headers: Readonly<Record<string, string>>; readonly body: Uint8Array },
  ): Promise<Pick<DeliveryAttempt, 'outcome' | 'status'>> {
    const controller = new AbortController();
    const cancelTimer = clock.setTimeout(() => controller.abort(), timeoutMs);
    underWay.add(controller);
    try {
      const { redirect } = faults();
      const url = redirect === undefined ? webhook.targetUrl : redirectUrl(redirect, webhook);
      return { outcome: 'answered', status: await post({ url, ...request, signal: controller.signal }) };
    } catch {
      // Twenty swallows every failure.
      return { outcome: controller.signal.aborted ? 'timeout' : 'refused', status: undefined };
    } finally {
      underWay.delete(controller);
      cancelTimer();
    }
  }

  function retryLater(job: Delivery): void {
    const delayMs = retryAfterMs[job.retries];
    if (delayMs === undefined) {
      if (retryAfterMs.length > 0) webhooks.update(job.webhookId, { isActive: false });
      return;
    }
    const cancel = clock.setTimeout(() => {
      retryTimers.delete(cancel);
      queue.add({ ...job, cause: 'retry', retries: job.retries + 1 });
    }, delayMs);
    retryTimers.add(cancel);
  }
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

const policies = {
  server: { timeoutMs: 5_000, retryAfterMs: [] },
  documented: {
    timeoutMs: 30_000,
    retryAfterMs: [minuteMs, 5 * minuteMs, 30 * minuteMs, 2 * hourMs, 12 * hourMs, 24 * hourMs],
  },
} as const satisfies Record<string, { readonly timeoutMs: number; readonly retryAfterMs: readonly number[] }>;

const headersFor = (
  body: Uint8Array,
  options: { readonly format: WireFormat; readonly secret: string; readonly timestamp: number },
): Readonly<Record<string, string>> => ({
  accept: 'application/json, text/plain, */*',
  ...signDelivery(body, options).headers,
  'user-agent': 'axios/1.13.2',
});

const factsOf = ({ event, body, cause }: Delivery, { id: webhookId, targetUrl: url }: SimulatedWebhook) => ({
  event: event.name,
  recordId: event.recordId,
  webhookId,
  url,
  body,
  cause,
});

const dropped = (job: Delivery, webhook: SimulatedWebhook, startedAtMs: number): DeliveryAttempt => ({
  ...factsOf(job, webhook),
  headers: {},
  outcome: 'dropped',
  status: undefined,
  startedAtMs,
  durationMs: 0,
});
