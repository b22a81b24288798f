import { randomBytes, randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';

export interface SimulatedWebhook {
  readonly id: string;
  readonly targetUrl: string;
  readonly operations: readonly string[];
  readonly description: string | null;
  /** `''`: deliveries are not signed. */
  readonly secret: string;
  /** Only documented delivery ever disables one. */
  readonly isActive: boolean;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export type WebhookInput = Partial<Omit<SimulatedWebhook, 'id' | 'createdAt' | 'updatedAt'>>;

/** The webhooks of a workspace. They are replaced, never changed in place. */
export interface WebhookRegistry {
  create(input: WebhookInput & { readonly targetUrl: string }): SimulatedWebhook;
  update(id: string, input: WebhookInput): SimulatedWebhook | undefined;
  delete(id: string): SimulatedWebhook | undefined;
  get(id: string): SimulatedWebhook | undefined;
  list(): readonly SimulatedWebhook[];
  /** The active ones that subscribe to an event. */
  subscribedTo(event: string): readonly SimulatedWebhook[];
}

export function createWebhookRegistry(now: () => number): WebhookRegistry {
  const webhooks = new Map<string, SimulatedWebhook>();
  const timestamp = () => new Date(now()).toISOString();
  return {
    create(input) {
      const createdAt = timestamp();
      const webhook: SimulatedWebhook = {
        id: randomUUID(),
        targetUrl: input.targetUrl,
        operations: input.operations ?? ['*.*'],
        description: input.description ?? null,
        secret: input.secret ?? randomBytes(32).toString('hex'),
        isActive: input.isActive ?? true,
        createdAt,
        updatedAt: createdAt,
      };
      webhooks.set(webhook.id, webhook);
      return webhook;
    },
    update(id, input) {
      const before = webhooks.get(id);
      if (before === undefined || isDeepStrictEqual({ ...before, ...input }, before)) return before;
      const webhook = { ...before, ...input, updatedAt: timestamp() };
      webhooks.set(id, webhook);
      return webhook;
    },
    delete(id) {
      const webhook = webhooks.get(id);
      webhooks.delete(id);
      return webhook;
    },
    get: (id) => webhooks.get(id),
    list: () => [...webhooks.values()],
    subscribedTo(event) {
      const matching = operationsMatching(event);
      return [...webhooks.values()].filter(
        ({ isActive, operations }) => isActive && operations.some((operation) => matching.has(operation)),
      );
    },
  };
}

/** The subscriptions that match an event; Twenty compares these very texts. */
export function operationsMatching(event: string): ReadonlySet<string> {
  const [, metadataName, metadataAction] = /^metadata\.([^.]+)\.([^.]+)$/.exec(event) ?? [];
  if (metadataName !== undefined)
    return new Set([event, `metadata.${metadataName}.*`, `metadata.*.${metadataAction}`, 'metadata.*.*', '*.*']);
  const last = event.lastIndexOf('.');
  return new Set([event, `${event.slice(0, last)}.*`, `*.${event.slice(last + 1)}`, '*.*']);
}
