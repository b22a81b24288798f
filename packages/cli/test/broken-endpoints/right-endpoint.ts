import { createHmac, timingSafeEqual } from 'node:crypto';
import type { RequestListener } from 'node:http';
import express, { type ErrorRequestHandler, type Request, type RequestHandler } from 'express';

export const secret = 'only for the endpoints of these tests';

/** What people write by hand, step by step. */
export interface Steps {
  readonly parser: RequestHandler;
  /** The bytes that are verified. */
  bytesOf(request: Request): Buffer;
  isGenuine(request: Request, bytes: Buffer): boolean;
  isFresh(timestampMs: number): boolean;
  /** By what the same event is known again. */
  keyOf(request: Request, event: object): string;
  handle(event: object): unknown;
  readonly failureStatus: number;
}

/** A right endpoint, without any of this project's code; `changes` make it a broken one. */
export function endpointWith(changes: Partial<Steps> = {}): RequestListener {
  const steps: Steps = { ...rightSteps, ...changes };
  const known = new Set<string>();
  const app = express();
  app.post('/webhooks/twenty', steps.parser, async (request, response) => {
    const bytes = steps.bytesOf(request);
    if (!steps.isGenuine(request, bytes)) return void response.status(401).json({ error: 'not genuine' });
    const timestamp = request.get('x-twenty-webhook-timestamp');
    if (timestamp !== undefined && !steps.isFresh(Number(timestamp))) {
      return void response.status(401).json({ error: 'too old, or from the future' });
    }
    try {
      const event = JSON.parse(bytes.toString());
      if (nameOf(event) === '') throw new TypeError('no event');
      const key = steps.keyOf(request, event);
      if (known.has(key)) return void response.json({ status: 'duplicate' });
      await steps.handle(event);
      known.add(key);
      response.json({ status: 'ok' });
    } catch {
      response.status(steps.failureStatus).json({ status: 'ok' });
    }
  });
  // Without it Express writes stacks to the test's output.
  app.use(((error, _request, response, _next) => {
    response.status(error.status ?? 500).end();
  }) satisfies ErrorRequestHandler);
  return app as RequestListener;
}

export const nameOf = (event: object): string => {
  const { eventName, event: name } = event as { readonly eventName?: unknown; readonly event?: unknown };
  return [eventName, name].find((one) => typeof one === 'string') ?? '';
};

export const rightSteps: Steps = {
  parser: express.raw({ type: () => true, limit: '5mb' }),
  bytesOf: (request) => request.body,
  isGenuine(request, bytes) {
    const timestamp = request.get('x-twenty-webhook-timestamp');
    return timestamp === undefined
      ? isEqual(request.get('x-twenty-signature'), `sha256=${sign(bytes)}`)
      : isEqual(request.get('x-twenty-webhook-signature'), sign(Buffer.concat([Buffer.from(`${timestamp}:`), bytes])));
  },
  isFresh: (timestampMs) => Math.abs(Date.now() - timestampMs) <= 300_000,
  // Twenty may make the same event twice, a moment apart.
  keyOf: (_request, event) => JSON.stringify({ ...event, eventDate: undefined }),
  handle() {},
  failureStatus: 500,
};

const sign = (bytes: Buffer): string => createHmac('sha256', secret).update(bytes).digest('hex');

function isEqual(given: string | undefined, expected: string): boolean {
  return given?.length === expected.length && timingSafeEqual(Buffer.from(given), Buffer.from(expected));
}
