import { inspect } from 'node:util';
import type { Handler, Observation, ReceiverOptions, TwentyEvent } from '@twenty-webhooks/core';
import { suiteSecret } from '../suite-events.ts';
import { type Connection, exchange, openConnection, type WireRequest } from './connection.ts';
import { signedRequest } from './deliveries.ts';
import type { AdapterFixture, AdapterVariant } from './fixture.ts';
import type { Reply } from './reply.ts';

/** Options of one start. Without `on`, every event goes to `handled`, unless the variant is verify-only. */
export type CaseOptions = Omit<ReceiverOptions, 'on' | 'observe' | 'logger'> & {
  readonly on?: Readonly<Record<string, Handler>>;
  /** Leave the logger out, so that the adapter's default is used. @default false */
  readonly hasDefaultLogger?: boolean;
};

/** A running adapter, and everything that comes out of it. */
export interface MountedAdapter {
  readonly url: string;
  readonly siblingUrl: string | undefined;
  readonly otherUrl: string | undefined;
  readonly secrets: readonly string[];
  readonly handled: readonly TwentyEvent[];
  readonly observations: readonly Observation[];
  readonly logLines: readonly string[];
  /** Every answer of the adapter. */
  readonly replies: readonly Reply[];
  /** Values of every signature header that was sent. */
  readonly signatures: ReadonlySet<string>;
  /** Send one request on a connection of its own. @param url default: `url`; to be another spelling of it */
  send(request: WireRequest, url?: string): Promise<Reply>;
  /** Sign a body, by default a fresh event, and send it. */
  deliver(body?: string | Uint8Array | object): Promise<Reply>;
  /** Open a connection that is hung up when the adapter is closed. */
  connect(): Promise<Connection>;
  close(): Promise<void>;
}

export async function mountAdapter(
  fixture: AdapterFixture,
  variant: AdapterVariant,
  { hasDefaultLogger = false, ...options }: CaseOptions,
): Promise<MountedAdapter> {
  const handled: TwentyEvent[] = [];
  const observations: Observation[] = [];
  const logLines: string[] = [];
  const replies: Reply[] = [];
  const signatures = new Set<string>();
  const connections: Connection[] = [];

  const secret = options.secret ?? suiteSecret;
  const log = (...details: unknown[]): void =>
    void logLines.push(details.map((one) => (typeof one === 'string' ? one : inspect(one, { depth: 8 }))).join(' '));
  const running = await fixture.start(variant, {
    ...(variant !== 'verify-only' && { on: { '*': (event: TwentyEvent) => void handled.push(event) } }),
    ...(!hasDefaultLogger && { logger: { warn: log, error: log } }),
    ...options,
    secret,
    observe: (observation) => void observations.push(observation),
  });

  const note = (request: WireRequest): void => {
    for (const [name, value] of request.headers ?? []) {
      if (/signature/i.test(name) && value.length >= 64) signatures.add(value.replace('sha256=', ''));
    }
  };
  const keep = (reply: Reply): Reply => {
    replies.push(reply);
    return reply;
  };

  const adapter: MountedAdapter = {
    url: running.url,
    siblingUrl: running.siblingUrl,
    otherUrl: running.otherUrl,
    secrets: typeof secret === 'function' ? [] : [secret].flat(),
    handled,
    observations,
    logLines,
    replies,
    signatures,
    async send(request, url = running.url) {
      note(request);
      return keep(await exchange(url, request));
    },
    deliver: (body) => adapter.send(signedRequest(body)),
    async connect() {
      const connection = await openConnection(running.url);
      connections.push(connection);
      return {
        ...connection,
        send(request) {
          note(request);
          return connection.send(request);
        },
        readReply: async (options) => keep(await connection.readReply(options)),
      };
    },
    async close() {
      for (const connection of connections) connection.destroy();
      await running.close();
    },
  };
  return adapter;
}
