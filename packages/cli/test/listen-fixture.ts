import { join } from 'node:path';
import { makeTemporaryFolder } from '@twenty-webhooks/services';
import { sampleEvent, signDelivery } from '@twenty-webhooks/testing';
import { onTestFinished } from 'vitest';
import { sendRequest } from '../src/http/send-request.ts';
import type { DeliverySummary } from '../src/listen/inspector-api.ts';
import { type ListenOptions, startListen } from '../src/listen/start-listen.ts';

export const secret = 'secret-of-the-tests';

/** `listen` in this process, on a free port and in a folder of its own. It ends with the test. */
export async function startTestListen(options: Partial<ListenOptions> = {}) {
  const folder = options.folder ?? (await makeTestFolder());
  const deliveries: DeliverySummary[] = [];
  const errors: Error[] = [];
  const { origin, receiveUrl, close } = await startListen({
    port: 0,
    folder,
    secrets: [secret],
    onDelivery: (delivery) => deliveries.push(delivery),
    onError: (error) => errors.push(error),
    ...options,
  });
  let closed: Promise<void> | undefined;
  const closeOnce = (): Promise<void> => {
    closed ??= close();
    return closed;
  };
  onTestFinished(closeOnce);

  /** Deliver a body, signed. */
  const deliver = async (body: object | string | Uint8Array, signedWith = secret) => {
    const answer = await fetch(receiveUrl, { method: 'POST', ...signDelivery(body, { secret: signedWith }) });
    return { status: answer.status, body: await answer.text() };
  };
  return {
    origin,
    receiveUrl,
    folder,
    deliveries,
    errors,
    close: closeOnce,
    deliver,
    /** Deliver a sample event, with some of its members overridden. */
    send: (name: string, overrides = {}) => deliver(sampleEvent(name, { overrides })),
    /** Ask the API for JSON. */
    async get<T>(path: string): Promise<T> {
      return (await fetch(`${origin}/_inspector/${path}`)).json() as Promise<T>;
    },
  };
}

/** A request with headers that `fetch` would not let out. Gives status, headers, text. */
export async function ask(
  url: string,
  {
    method = 'GET',
    headers = {},
    body = '',
  }: {
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string | Uint8Array;
  },
) {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  const result = await sendRequest(new URL(url), { method, headers, body: bytes, timeoutMs: 10_000 });
  if (result.kind === 'failure') throw new Error(result.code);
  return { status: result.status, headers: result.headers, text: new TextDecoder().decode(result.body) };
}

/** A folder that is not there yet. What holds it is deleted with the test. */
export async function makeTestFolder(): Promise<string> {
  const { path, remove } = await makeTemporaryFolder();
  onTestFinished(remove);
  return join(path, 'kept');
}
