import { createReceiver } from '@twenty-webhooks/core';
import { type Vector, vectors } from './vectors.ts';

/** What each way into a receiver made of a vector, as text that a test can compare. */
export interface Verdicts {
  readonly receive: string;
  readonly fetch: string;
}

/** Take every vector through `receive` and `fetch` of the runtime that this runs in. */
export async function judgeAll(): Promise<Record<string, Verdicts>> {
  const verdicts: Record<string, Verdicts> = {};
  for (const vector of vectors) {
    verdicts[vector.name] = { receive: await judgeByReceive(vector), fetch: await judgeByFetch(vector) };
  }
  return verdicts;
}

/** Make the receiver that a vector is meant for. */
export function receiverOf({ secrets, now }: Vector) {
  const logger = { warn() {}, error() {} };
  return createReceiver({ secret: secrets, now: () => now, logger, on: { '*': ({ id }) => id } });
}

/** Tell which crypto build this runtime picked: the one of Node computes an event's id only if somebody reads it. */
export async function findCrypto(): Promise<'node:crypto' | 'Web Crypto'> {
  const [vector] = vectors;
  if (vector === undefined) throw new Error('no vectors');
  const { secrets: secret, now, headers, body } = vector;
  const receiver = createReceiver({ secret, now: () => now, idempotency: 'off', on: { '*': () => {} } });
  const outcome = await receiver.receive({ method: 'POST', url, headers, body });
  if (outcome.status !== 'handled') throw new Error(`${vector.name}: ${outcome.status}`);
  return outcome.id === undefined ? 'node:crypto' : 'Web Crypto';
}

async function judgeByReceive(vector: Vector): Promise<string> {
  const { headers, body } = vector;
  const outcome = await receiverOf(vector).receive({ method: 'POST', url, headers, body });
  if ('code' in outcome) return outcome.code;
  return `${outcome.status} ${outcome.event.event} ${outcome.event.id} ${outcome.id}`;
}

async function judgeByFetch(vector: Vector): Promise<string> {
  const { headers, body } = vector;
  return answerText(await receiverOf(vector).fetch(new Request(url, { method: 'POST', headers, body })));
}

/** An answer as text that a test can compare. */
export const answerText = async (response: Response): Promise<string> => `${response.status} ${await response.text()}`;

const url = 'https://example.com/webhooks/twenty';
