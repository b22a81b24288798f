import { isObject } from '../deep-merge.ts';
import { isTarget, isTexts } from './check-options.ts';
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
  return ({ method, path, json }) => {
    const id = path[1]?.toLowerCase();
    const cannot = () => new RestError(404, `Cannot ${method} /rest/${path.join('/')}`);
    if (path.length > 2) throw cannot();
    if (id === undefined) {
      if (method === 'GET') return { status: 200, body: webhooks.list() };
      if (method !== 'POST') throw cannot();
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
      const after = webhooks.update(id, inputFrom(withoutOwnMembers(json())));
      tell({ before, after });
      return { status: 200, body: after };
    }
    if (method !== 'DELETE') throw cannot();
    webhooks.delete(id);
    tell({ before, after: undefined });
    return { status: 200, body: true };
  };
}

/** Without what the server says: a whole webhook, as it was read, may be sent back. */
function withoutOwnMembers(body: unknown): unknown {
  if (!isObject(body)) return body;
  const { id: _, createdAt: _1, updatedAt: _2, ...rest } = body;
  return rest;
}

function inputFrom(body: unknown): WebhookInput {
  if (!isObject(body)) throw new RestError(400, 'Body must be an object');
  const { targetUrl, operations, description, secret, isActive, ...unknown } = body;
  const [surplus] = Object.keys(unknown);
  if (surplus !== undefined) throw new RestError(400, `property ${surplus} should not exist`);
  if (targetUrl !== undefined && !(typeof targetUrl === 'string' && isTarget(targetUrl)))
    throw new RestError(400, 'targetUrl must be a URL address');
  if (operations !== undefined && !isTexts(operations))
    throw new RestError(400, 'each value in operations must be a string');
  if (description != null && typeof description !== 'string') throw new RestError(400, 'description must be a string');
  if (secret !== undefined && typeof secret !== 'string') throw new RestError(400, 'secret must be a string');
  if (isActive !== undefined && typeof isActive !== 'boolean') throw new RestError(400, 'isActive must be a boolean');
  return body as WebhookInput;
}
