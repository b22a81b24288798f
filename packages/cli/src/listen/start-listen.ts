import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { writeAnswer } from '@twenty-webhooks/core/node';
import { version } from '../version.ts';
import { answerNoHttp } from './answer-no-http.ts';
import { bindServer } from './bind-server.ts';
import { createEventStream } from './event-stream.ts';
import type { DeliverySummary } from './inspector-api.ts';
import { createInspector } from './inspector-server.ts';
import { toListed } from './listed.ts';
import { type OpenReceiver, openReceiver } from './open-receiver.ts';
import { withoutCredentials } from './pass-on.ts';
import { refuseLoop } from './refuse-loop.ts';
import { takeDelivery } from './take-delivery.ts';

export interface ListenOptions {
  /** 0: a free one. */
  readonly port: number;
  /** For what came in; made if it is not there. */
  readonly folder: string;
  /** `undefined`: deliveries are not verified, and those without a signature are accepted. */
  readonly secrets: readonly [string, ...string[]] | undefined;
  readonly forwardUrl?: URL | undefined;
  /** How long the target of `forwardUrl` may take: longer than Twenty waits, so that the answer is seen. @default 30 000 */
  readonly forwardTimeoutMs?: number | undefined;
  /** How many deliveries are kept. @default 10 000 */
  readonly keep?: number | undefined;
  /**
   * Called when a delivery has come, and once more when the target of `forwardUrl` has answered. One that could not be kept,
   * because the disk is full, has the id 0.
   */
  readonly onDelivery?: (delivery: DeliverySummary) => void;
  /** What goes wrong on our side. */
  readonly onError?: (error: Error) => void;
}

export interface RunningListen {
  /** `http://127.0.0.1:4000`; the page of the inspector. */
  readonly origin: string;
  readonly receiveUrl: string;
  /** Let what is under way end, for two seconds, then cut it off. */
  close(): Promise<void>;
}

/**
 * Start the server that receives deliveries and shows them. It listens on 127.0.0.1 only.
 *
 * @throws PORT_TAKEN, PORT_UNUSABLE, FORWARD_TO_ITSELF, FOLDER_IN_USE, FOLDER_UNUSABLE, and what `createReceiver` and
 * `sqliteInbox` throw
 */
export async function startListen(options: ListenOptions): Promise<RunningListen> {
  const {
    folder,
    secrets,
    forwardUrl,
    forwardTimeoutMs: timeoutMs,
    keep = defaultKeep,
    onDelivery,
    onError = () => {},
  } = options;
  const server = createServer();
  const port = await bindServer(server, options.port);
  const origin = `http://127.0.0.1:${port}`;
  const receiveUrl = `${origin}/webhooks/twenty`;
  const stream = createEventStream();
  const open = (): OpenReceiver => {
    try {
      if (forwardUrl !== undefined) refuseLoop(forwardUrl, port);
      const onCleared = (): void => stream.send('cleared', {});
      return openReceiver({ folder, secrets, keep, onCleared, onError });
    } catch (error) {
      server.close();
      stream.close();
      throw error;
    }
  };
  // Nothing waits until there is somebody for the requests.
  const { store, receiver, clear } = open();
  const closing = new AbortController();
  const { signal } = closing;
  const announce = (delivery: DeliverySummary, isListed: boolean): void => {
    // Who has the list open would see what is not there any more.
    if (isListed) stream.send('delivery', toListed(delivery));
    onDelivery?.(delivery);
  };
  const intake = { receiver, store, forwardUrl, id: randomUUID(), timeoutMs, signal, announce, onError };
  const inspector = createInspector({
    info: {
      version,
      receiveUrl,
      forwardUrl: forwardUrl && withoutCredentials(forwardUrl),
      hasSecret: secrets !== undefined,
      keep,
    },
    port,
    origin,
    store,
    stream,
    secret: secrets?.[0],
    signal,
    clear,
  });
  const running = new Set<Promise<void>>();
  // Such as no file left to accept a connection: that one is lost, the next may do.
  server.on('error', onError);
  server.on('clientError', (error, socket) => answerNoHttp(error, socket, onError));
  server.on('request', (request, response) => {
    const work = inspector.isFor(request)
      ? inspector.answer(request, response)
      : takeDelivery(request, response, intake);
    const ended = work.catch((error: Error) => fail(error, response, onError)).then(() => void running.delete(ended));
    running.add(ended);
  });

  return {
    origin,
    receiveUrl,
    async close() {
      const closed = once(server, 'close');
      server.close();
      stream.close();
      const limit = setTimeout(() => {
        closing.abort();
        server.closeAllConnections();
      }, graceMs);
      // A connection that was busy may have brought another one meanwhile.
      while (running.size > 0) await Promise.all(running);
      clearTimeout(limit);
      closing.abort();
      server.closeAllConnections();
      await closed;
      await receiver.close();
      store.close();
    },
  };
}

/** A fault of ours must not leave a sender without an answer. */
function fail(error: Error, response: ServerResponse, onError: (error: Error) => void): void {
  onError(error);
  if (response.headersSent) response.destroy();
  else writeAnswer(response, { status: 500, headers: {}, body: '' });
}

const defaultKeep = 10_000;
const graceMs = 2_000;
