import { randomBytes, randomUUID } from 'node:crypto';
import { checkFaults, checkSimulatorOptions, checkTarget } from './check-options.ts';
import type { DeliveryAttempt } from './delivery-attempt.ts';
import type { Author, RecordChange } from './record-changes.ts';
import { recordRoutes } from './record-routes.ts';
import { createRecordStore } from './record-store.ts';
import { startRestServer } from './rest-server.ts';
import { createSigningSecrets } from './signing-secrets.ts';
import { createSimulatedWorkspace, type SimulatedWorkspace } from './simulated-workspace.ts';
import { machineClock } from './simulator-clock.ts';
import type { SimulatorFaults, TwentySimulatorOptions } from './simulator-options.ts';
import { createTokenBucket } from './token-bucket.ts';
import { metadataOf } from './webhook-metadata.ts';
import { createWebhookRegistry } from './webhook-registry.ts';
import { type WebhookChange, webhookRoutes } from './webhook-routes.ts';
import { createWebhookSender } from './webhook-sender.ts';

/** A running stand-in for Twenty: records, the REST routes to them, and the webhooks that tell of their changes. */
export interface TwentySimulator {
  /** `http://127.0.0.1:49152`; the REST routes are under `/rest`. */
  readonly origin: string;
  readonly apiKey: string;
  readonly workspaceId: string;
  /** The current one of the webhook of `target`. */
  readonly secret: string;
  readonly workspace: SimulatedWorkspace;
  /** Every delivery that was tried or dropped so far, oldest first; not those that are under way. */
  readonly attempts: readonly DeliveryAttempt[];
  /** Replaces all faults, from now on: what waits already is dropped or doubled no more, but may be shuffled or redirected. */
  setFaults(faults: SimulatorFaults): void;
  /** Of the webhook of `target`. Counts for all that is not sent yet. Registers the webhook if there was no target. */
  setTarget(url: string): void;
  /** Of the webhook of `target`. Counts for all that is not sent yet. Returns the new one. */
  rotateSecret(secret?: string): string;
  /** Send nothing until `release`: a burst, of at most 20 deliveries at the same time. */
  hold(): void;
  release(): void;
  /** Resolves when nothing waits and nothing is under way; a retry that is not due yet counts not. */
  settled(): Promise<void>;
  /** Cut every connection and stop. */
  close(): Promise<void>;
}

/**
 * Start a simulated Twenty with empty records on 127.0.0.1.
 *
 * @throws RangeError or TypeError if an option cannot be
 * @example
 * const twenty = await startTwentySimulator({ target: 'http://127.0.0.1:3000/webhooks/twenty' });
 * twenty.workspace.create('person', { name: { firstName: 'Ada', lastName: 'Lovelace' } });
 * await twenty.settled();
 * await twenty.close();
 */
export async function startTwentySimulator(options: TwentySimulatorOptions = {}): Promise<TwentySimulator> {
  checkSimulatorOptions(options);
  const { delivery = 'server', requestsPerMinute = 100, random = Math.random, clock = machineClock } = options;
  const { format = delivery === 'documented' ? 'envelope' : 'server', operations, port = 0 } = options;
  const { apiKey = randomBytes(24).toString('base64url'), secret = randomBytes(32).toString('hex') } = options;
  const workspaceId = randomUUID();
  const now = () => clock.now();
  let faults = options.faults ?? {};

  const webhooks = createWebhookRegistry(now);
  const secrets = createSigningSecrets();
  const register = (targetUrl: string) => webhooks.create({ targetUrl, secret, ...(operations && { operations }) }).id;
  let ownId = options.target === undefined ? undefined : register(options.target);
  const own = () => (ownId === undefined ? undefined : webhooks.get(ownId));

  const records = createRecordStore({ now, tell: (change) => sender.send(recordEvent(change)) });
  const server = await startRestServer({
    port,
    apiKey,
    requestsPerMinute,
    bucket: createTokenBucket(requestsPerMinute, now),
    routes: { records: recordRoutes(records), webhooks: webhookRoutes(webhooks, tellOfWebhook) },
    targetOf: (webhookId) => webhooks.get(webhookId)?.targetUrl,
  });
  const sender = createWebhookSender({
    webhooks,
    secrets,
    delivery,
    format,
    faults: () => faults,
    random,
    clock,
    observe: options.observe ?? (() => {}),
    attemptsKept: options.attemptsKept ?? Number.POSITIVE_INFINITY,
    redirectUrl: (status, webhook) => `${server.origin}/redirects/${status}/${webhook.id}`,
  });

  return {
    origin: server.origin,
    apiKey,
    workspaceId,
    get secret() {
      return own()?.secret ?? secret;
    },
    workspace: createSimulatedWorkspace(records),
    get attempts() {
      return sender.attempts;
    },
    setFaults(next) {
      checkFaults(next);
      faults = next;
    },
    setTarget(url) {
      checkTarget(url);
      if (own() === undefined || ownId === undefined) ownId = register(url);
      else webhooks.update(ownId, { targetUrl: url });
    },
    rotateSecret(next = randomBytes(32).toString('hex')) {
      const before = own();
      if (before === undefined) throw new RangeError('There is no webhook of `target` whose secret could change.');
      webhooks.update(before.id, { secret: next });
      secrets.rotated(before, faults.staleSecret ?? 0);
      return next;
    },
    hold: sender.hold,
    release: sender.release,
    settled: sender.settled,
    async close() {
      sender.close();
      await Promise.all([sender.settled(), server.close()]);
    },
  };

  function recordEvent(change: RecordChange) {
    const { object, action, record } = change;
    return { id: randomUUID(), name: `${object}.${action}`, workspaceId, recordId: record.id, change };
  }

  function tellOfWebhook(change: WebhookChange, author: Author = 'api'): void {
    const { before, after } = change;
    if (before !== undefined && after !== undefined && before.secret !== after.secret)
      secrets.rotated(before, faults.staleSecret ?? 0);
    const metadata = metadataOf(change);
    if (metadata === undefined) return;
    const { recordId, type } = metadata;
    const event = { id: randomUUID(), name: `metadata.webhook.${type}`, workspaceId, recordId, author, metadata };
    // Nobody hears of its own birth.
    sender.send(event, before === undefined ? after?.id : undefined);
  }
}
