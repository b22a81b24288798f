import { createHash } from 'node:crypto';
import type { Outcome, ReceivedRequest, Receiver, TwentyEvent } from '@twenty-webhooks/core';
import { type Core, realCore } from '../core.ts';

// Ways in which core could be wrong, for the tests of the properties.

/** A core whose receivers do something else with a request. */
export const receivingBy = (
  change: (request: ReceivedRequest, receive: Receiver['receive']) => Promise<Outcome>,
): Core => ({
  ...realCore,
  createReceiver: ((options: object) => {
    const receiver = realCore.createReceiver(options);
    return {
      ...receiver,
      isVerifyOnly: false,
      receive: (request: ReceivedRequest) => change(request, receiver.receive),
    };
  }) as unknown as Core['createReceiver'],
});

/** A core whose receivers are made with other options. */
export const madeWith = (change: (options: Record<string, unknown>) => object): Core => ({
  ...realCore,
  createReceiver: ((options: Record<string, unknown>) =>
    realCore.createReceiver(change(options))) as unknown as Core['createReceiver'],
});

/** A core with other headers than those that came. */
export const readingHeaders = (change: (name: string, value: string) => string): Core =>
  receivingBy((request, receive) => {
    const { headers } = request;
    const pairs = headers instanceof Headers ? [...headers] : Object.entries(headers as Record<string, string>);
    const changed = pairs.map(([name, value]) => [
      name,
      typeof value === 'string' ? change(name.toLowerCase(), value) : value,
    ]);
    return receive({ ...request, headers: Object.fromEntries(changed) });
  });

/** A core that makes something else of an event. */
export const parsingBy = (change: (event: TwentyEvent, body: Uint8Array) => object): Core => ({
  ...realCore,
  async parseEvent(body) {
    const event = await realCore.parseEvent(body);
    return { ...JSON.parse(JSON.stringify(event)), ...event, id: event.id, ...change(event, body) };
  },
});

export const idOf = (text: string | Uint8Array): string =>
  `evt_${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
