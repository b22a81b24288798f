/** Stands for a secret. */
export const masked = '••••••••';

/**
 * Take secrets out of a parsed body before somebody sees it. The bodies of `metadata.webhook.*` events may hold those of all
 * webhooks, on rotation the old and the new one. Of a body that names such an event anywhere, only what is known to be
 * harmless stays; in all other bodies nothing is changed.
 *
 * @returns the same value if there was nothing to mask
 */
export function maskSecrets(body: unknown): unknown {
  const text = write(body);
  if (text !== undefined && !namesWebhookEvent(text)) return body;
  const shown = mask(body, { isHarmless: false, depth: 0 });
  return write(shown) === text ? body : shown;
}

/** `maskSecrets` for the text of a body. What was masked is written anew, as compact JSON. */
export function maskSecretsOfText(text: string): string {
  if (!namesWebhookEvent(text)) return text;
  try {
    // Always anew: of two members of one name the text has both, and what was parsed the last.
    return JSON.stringify(mask(JSON.parse(text.replace(/^\ufeff/, '')), { isHarmless: false, depth: 0 }));
  } catch {
    // Cut off or damaged: where a secret begins and ends cannot be told.
    return masked;
  }
}

/** Whether a text has the name of such an event in it, in whatever way it is escaped, also as JSON in a string of JSON. */
function namesWebhookEvent(text: string): boolean {
  let plain = text;
  for (let round = 0; round < maxRounds; round++) {
    if (/metadata\.webhook/i.test(plain)) return true;
    // Strings in strings have many backslashes; zeros come from UTF-16 that was taken for UTF-8.
    const next = plain.replace(/(?:\\+(?:u([0-9a-f]{4}))?)|\0+/gi, (_, hex) =>
      hex === undefined ? '' : String.fromCharCode(Number.parseInt(hex, 16)),
    );
    if (next === plain) return false;
    plain = next;
  }
  return true;
}

interface Place {
  /** Whether the text that stands here may be shown. */
  readonly isHarmless: boolean;
  readonly depth: number;
}

function mask(value: unknown, { isHarmless, depth }: Place): unknown {
  if (value === null || value === '' || typeof value === 'boolean') return value;
  // Recursion of a hostile depth would overflow the stack, here or where the result is written.
  if (depth > maxDepth) return masked;
  if (Array.isArray(value)) return value.map((member) => mask(member, { isHarmless, depth: depth + 1 }));
  if (typeof value !== 'object') {
    const text = String(value);
    return eventName.test(text) || (isHarmless && harmlessText.test(text)) ? value : masked;
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      if (containers.has(name)) return [name, mask(member, { isHarmless, depth: depth + 1 })];
      if (harmlessNames.has(name)) return [name, mask(member, { isHarmless: true, depth: depth + 1 })];
      // A name may be a secret too.
      const shownName = secretNames.has(name) ? name : masked;
      return [shownName, member === null || member === '' ? member : masked];
    }),
  );
}

function write(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    // Nested too deep.
    return undefined;
  }
}

const maxDepth = 100;
const maxRounds = 5;

const eventName = /^metadata\.webhook\.\w{1,30}$/;
// No query, no password, no JSON, no words.
const harmlessText = /^[\w.:+/*-]{1,300}$/;

/** Members are looked at one by one; `diff.targetUrl.before` is as harmless as `diff.targetUrl`. */
const containers: ReadonlySet<string> = new Set([
  'event',
  'data',
  'properties',
  'diff',
  'before',
  'after',
  'attributes',
  'previousAttributes',
  'record',
  'objectMetadata',
]);

const harmlessNames: ReadonlySet<string> = new Set([
  'id',
  'eventName',
  'metadataName',
  'nameSingular',
  'type',
  'recordId',
  'updatedFields',
  'targetUrl',
  'operations',
  'eventDate',
  'timestamp',
  'createdAt',
  'updatedAt',
  'deletedAt',
  'workspaceId',
  'webhookId',
  'applicationId',
  'userId',
  'apiKeyId',
  'workspaceMemberId',
  'universalIdentifier',
]);

const secretNames: ReadonlySet<string> = new Set(['secret', 'description']);
