/** Stands for a secret. */
export const masked = '••••••••';

/**
 * Take secrets out of a parsed body before somebody sees it. The bodies of `metadata.webhook.*` events may hold those of all
 * webhooks, on rotation the old and the new one; of other events nothing is changed.
 *
 * @returns the same value if there was nothing to mask
 */
export function maskSecrets(body: unknown): unknown {
  return isWebhookEvent(body) ? mask(body) : body;
}

function isWebhookEvent(body: unknown): boolean {
  if (typeof body !== 'object' || body === null) return false;
  const { eventName, event } = body as { readonly eventName?: unknown; readonly event?: unknown };
  return [eventName, event].some((name) => typeof name === 'string' && name.startsWith('metadata.webhook.'));
}

function mask(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(mask);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, /secret/i.test(name) ? maskLeaves(member) : mask(member)]),
  );
}

/** Also of `diff.secret`, which is `{ before, after }`. */
function maskLeaves(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(maskLeaves);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, maskLeaves(member)]));
  }
  return value === null || value === '' ? value : masked;
}
