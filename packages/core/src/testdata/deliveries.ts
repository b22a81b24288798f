import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { vi } from 'vitest';
import type { Logger } from '../logger.ts';
import type { ReceivedRequest } from '../receiver.ts';

/** A signed delivery that another language made, and what must become of it. */
export interface Vector {
  readonly name: string;
  readonly format: 'server' | 'envelope';
  readonly secrets: readonly string[];
  readonly now: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly expect: string;
  readonly event?: string;
  readonly id?: string;
}

const file = new URL('../../../testing/vectors/vectors.json', import.meta.url);

export const vectors: readonly Vector[] = JSON.parse(readFileSync(file, 'utf8')).vectors.map(
  ({ bodyBase64, ...vector }: Vector & { bodyBase64: string }) => ({
    ...vector,
    body: toBytes(Buffer.from(bodyBase64, 'base64')),
  }),
);

export function vector(name: string): Vector {
  const found = vectors.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no vector ${name}`);
  return found;
}

export const secret = 'secret-of-the-tests';
export const nowMs = 1_795_448_103_416;

/** A plain `Uint8Array`, so that nothing works only because it is a `Buffer`. */
export function toBytes(from: string | Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(typeof from === 'string' ? new TextEncoder().encode(from) : from);
}

/** What the sender writes; another implementation than the one under test. */
export function signTimestamped(
  body: Uint8Array,
  key: string = secret,
  timestamp: number | string = nowMs,
): Record<string, string> {
  const signature = createHmac('sha256', key).update(`${timestamp}:`).update(body).digest('hex');
  return {
    'x-twenty-webhook-timestamp': String(timestamp),
    'x-twenty-webhook-signature': signature,
    'x-twenty-webhook-nonce': '097c23f4aa10504a418b4b66e7bfe22a',
  };
}

export function signPlain(body: Uint8Array, key: string = secret): Record<string, string> {
  return { 'x-twenty-signature': `sha256=${createHmac('sha256', key).update(body).digest('hex')}` };
}

/** A genuine delivery of a body at `nowMs`. */
export function delivery(
  body: unknown,
  request: Partial<ReceivedRequest> = {},
): ReceivedRequest & { body: Uint8Array<ArrayBuffer> } {
  const bytes =
    body instanceof Uint8Array ? toBytes(body) : toBytes(typeof body === 'string' ? body : JSON.stringify(body));
  return { method: 'POST', url: '/webhooks/twenty', headers: signTimestamped(bytes), ...request, body: bytes };
}

/** A body as Twenty servers send it. */
export function serverBody(eventName: string, members: object = {}): Record<string, unknown> {
  return {
    targetUrl: 'https://example.com/hooks/twenty',
    eventName,
    objectMetadata: { id: '0a1b2c3d-0001-4000-8000-000000000001', nameSingular: 'person' },
    workspaceId: 'workspace-1',
    webhookId: 'webhook-1',
    eventDate: '2026-11-23T15:35:03.400Z',
    record: { id: 'record-1', updatedAt: '2026-11-23T15:35:03.387Z', jobTitle: 'Countess' },
    ...members,
  };
}

/** A body as Twenty's guide describes it. */
export function envelopeBody(event: string, data: object = {}, members: object = {}): Record<string, unknown> {
  return {
    id: 'event-1',
    event,
    timestamp: '2024-01-01T12:00:00Z',
    workspaceId: 'workspace-1',
    data: {
      object: event.slice(0, event.lastIndexOf('.')),
      id: 'record-1',
      attributes: { firstName: 'Jane', updatedAt: '2024-01-01T12:00:00Z' },
      previousAttributes: null,
      ...data,
    },
    ...members,
  };
}

export function metadataBody(eventName: string, change: object = {}, members: object = {}): Record<string, unknown> {
  const [, metadataName, type] = eventName.split('.');
  const { record, objectMetadata, ...rest } = serverBody(eventName);
  return { ...rest, event: { metadataName, recordId: 'view-1', type, properties: {}, ...change }, ...members };
}

/** A logger that keeps its lines. */
export function createLog(): Logger & { readonly warnings: unknown[][]; readonly errors: unknown[][] } {
  const [warnings, errors]: [unknown[][], unknown[][]] = [[], []];
  return { warnings, errors, warn: (...line) => void warnings.push(line), error: (...line) => void errors.push(line) };
}

/** A promise and what settles it, to hold a handler in the middle of its run. */
export function createGate<T = void>(): {
  promise: Promise<T>;
  open: (value: T) => void;
  fail: (cause: unknown) => void;
} {
  let open!: (value: T) => void;
  let fail!: (cause: unknown) => void;
  const promise = new Promise<T>((resolve, reject) => {
    open = resolve;
    fail = reject;
  });
  return { promise, open, fail };
}

/** What `await` takes for a promise. */
export function createThenable(then: unknown): object {
  return Object.defineProperty({}, 'then', typeof then === 'object' ? (then as PropertyDescriptor) : { value: then });
}

/** Run with a handler that never returns, until its time is up, however long the machine takes to start it. */
export async function untilTimeIsUp<T>(run: (handler: () => Promise<never>) => Promise<T>): Promise<T> {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
  try {
    return await run(() => {
      setImmediate(() => vi.advanceTimersByTime(60_000));
      return new Promise(() => {});
    });
  } finally {
    vi.useRealTimers();
  }
}
