import type { JsonObject } from '../deep-merge.ts';
import { type RestAnswer, RestError } from './rest-answer.ts';
import type { RestRequest } from './rest-server.ts';
import type { SimulatedWebhook, WebhookInput, WebhookRegistry } from './webhook-registry.ts';

export interface WebhookChange {
  readonly before: SimulatedWebhook | undefined;
  readonly after: SimulatedWebhook | undefined;
}

/** Answer `/rest/webhooks`: plain objects, without an envelope around them. @throws RestError */
export function webhookRoutes(
  webhooks: WebhookRegistry,
  tell: (change: WebhookChange) => void,
): (request: RestRequest) => RestAnswer {
  return ({ method, path: [, id], json }) => {
    if (id === undefined) {
      if (method === 'GET') return { status: 200, body: webhooks.list() };
      if (method !== 'POST') throw new RestError(404, `Cannot ${method} /rest/webhooks`);
      const { targetUrl, ...input } = inputFrom(json());
      if (targetUrl === undefined) throw new RestError(400, 'targetUrl is required');
      const after = webhooks.create({ ...input, targetUrl });
      tell({ before: undefined, after });
      return { status: 201, body: after };
    }
    const before = webhooks.get(id);
    // Twenty says no more than that.
    if (method === 'GET') return { status: 200, body: before ?? null };
    if (before === undefined) throw new RestError(404, 'Webhook not found');
    if (method === 'PATCH') {
      const after = webhooks.update(id, inputFrom(json()));
      tell({ before, after });
      return { status: 200, body: after };
    }
    if (method !== 'DELETE') throw new RestError(404, `Cannot ${method} /rest/webhooks/${id}`);
    webhooks.delete(id);
    tell({ before, after: undefined });
    return { status: 200, body: true };
  };
}

function inputFrom(body: unknown): WebhookInput {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new RestError(400, 'Body must be an object');
  const { targetUrl, operations, description, secret, isActive, ...unknown } = body as JsonObject;
  const [surplus] = Object.keys(unknown);
  if (surplus !== undefined) throw new RestError(400, `property ${surplus} should not exist`);
  if (targetUrl !== undefined && !(typeof targetUrl === 'string' && /^https?:\/\//.test(targetUrl)))
    throw new RestError(400, 'targetUrl must be a URL address');
  if (operations !== undefined && !(Array.isArray(operations) && operations.every((item) => typeof item === 'string')))
    throw new RestError(400, 'each value in operations must be a string');
  for (const [name, value] of Object.entries({ description, secret })) {
    if (value !== undefined && typeof value !== 'string') throw new RestError(400, `${name} must be a string`);
  }
  if (isActive !== undefined && typeof isActive !== 'boolean') throw new RestError(400, 'isActive must be a boolean');
  const { targetUrl: _, ...rest } = { targetUrl, operations, description, secret, isActive };
  const given = Object.fromEntries(Object.entries({ targetUrl, ...rest }).filter(([, value]) => value !== undefined));
  return given as WebhookInput;
}
