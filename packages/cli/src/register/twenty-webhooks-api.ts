import { printable } from '../terminal/printable.ts';
import { ApiError } from './api-error.ts';
import { type ApiConnection, askApi } from './api-request.ts';
import { passwordForms } from './target-url.ts';

/** A webhook as Twenty has it. */
export interface Webhook {
  readonly id: string;
  readonly targetUrl: string;
  readonly operations: readonly string[];
  readonly description: string;
  /** `''`: deliveries are not signed. `undefined`: the server does not say. */
  readonly secret: string | undefined;
  readonly isActive: boolean;
  /** ISO 8601; `''` if the server does not say. */
  readonly createdAt: string;
}

export type WebhookChanges = Partial<Pick<Webhook, 'targetUrl' | 'operations' | 'description' | 'secret'>>;

/** The oldest first. @throws ApiError */
export async function listWebhooks(connection: ApiConnection): Promise<readonly Webhook[]> {
  const answer = await askApi(connection, { method: 'GET', path: '/webhooks' });
  const list = [
    answer,
    memberOf(answer, 'data'),
    memberOf(memberOf(answer, 'data'), 'webhooks'),
    memberOf(answer, 'webhooks'),
  ];
  const found = list.find(Array.isArray);
  if (found === undefined) throw strange();
  // Stable: what has no time stays as it was sent.
  return found.map((one) => toWebhook(one)).sort((one, other) => one.createdAt.localeCompare(other.createdAt));
}

/** @throws ApiError */
export async function createWebhook(connection: ApiConnection, webhook: WebhookChanges): Promise<Webhook> {
  const confidential = secretsOf(webhook);
  const answer = await askApi(connection, { method: 'POST', path: '/webhooks', body: webhook, confidential });
  return toWebhook(unwrap(answer), 'perhaps');
}

/** @throws ApiError, also WEBHOOK_GONE */
export async function updateWebhook(
  connection: ApiConnection,
  existing: Webhook,
  changes: WebhookChanges,
): Promise<Webhook> {
  const path = `/webhooks/${encodeURIComponent(existing.id)}`;
  const confidential = [...secretsOf(existing), ...secretsOf(changes)];
  const answer = unwrap(await askApi(connection, { method: 'PATCH', path, body: changes, confidential }));
  if (answer === null) {
    const message = `Somebody has deleted the webhook ${printable(existing.id)} meanwhile. Run it again.`;
    throw new ApiError('WEBHOOK_GONE', message);
  }
  return toWebhook(answer, 'perhaps');
}

/** Whether it was there. @throws ApiError */
export async function deleteWebhook(connection: ApiConnection, webhook: Webhook): Promise<boolean> {
  const path = `/webhooks/${encodeURIComponent(webhook.id)}`;
  try {
    return (await askApi(connection, { method: 'DELETE', path, confidential: secretsOf(webhook) })) !== false;
  } catch (error) {
    if (error instanceof ApiError && error.code === 'API_REFUSED' && error.message.includes('Webhook not found'))
      return false;
    throw error;
  }
}

const secretsOf = ({ secret = '', targetUrl = '' }: WebhookChanges): readonly string[] => [
  secret,
  ...passwordForms(targetUrl),
];

/** Newer servers answer with the object itself, older ones with `{ data: { createWebhook: {} } }`. */
function unwrap(answer: unknown): unknown {
  const data = memberOf(answer, 'data');
  if (data === undefined) return answer;
  const members = [data, ...['createWebhook', 'updateWebhook', 'webhook'].map((name) => memberOf(data, name))];
  return members.find((member) => memberOf(member, 'id') !== undefined) ?? data;
}

function toWebhook(value: unknown, isDone: 'no' | 'perhaps' = 'no'): Webhook {
  const { id, targetUrl, operations, operation, description, secret, isActive, createdAt } = Object(value) as {
    readonly [name: string]: unknown;
  };
  if (typeof id !== 'string' || typeof targetUrl !== 'string') throw strange(isDone);
  // Servers of 2024 have one operation each.
  const names = Array.isArray(operations) ? operations : [operation];
  return {
    id,
    targetUrl,
    operations: names.filter((name) => typeof name === 'string'),
    description: typeof description === 'string' ? description : '',
    secret: secret === null ? '' : typeof secret === 'string' ? secret : undefined,
    isActive: isActive !== false,
    createdAt: typeof createdAt === 'string' ? createdAt : '',
  };
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

const strange = (isDone: 'no' | 'perhaps' = 'no'): ApiError =>
  new ApiError('API_ANSWER_STRANGE', 'What came back is JSON, but no webhook of Twenty. Is TWENTY_API_URL right?', {
    isDone,
  });
