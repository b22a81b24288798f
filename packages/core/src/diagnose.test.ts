import { describe, expect, test } from 'vitest';
import type { ReceiverOptions } from './options.ts';
import { createReceiver, type ReceivedRequest } from './receiver.ts';
import {
  createLog,
  delivery,
  nowMs,
  secret,
  serverBody,
  signPlain,
  signTimestamped,
  toBytes,
} from './testdata/deliveries.ts';

const text = JSON.stringify(serverBody('person.created'));
const body = toBytes(text);
const genuine = delivery(body);

async function reasonOf(request: ReceivedRequest, options: Partial<ReceiverOptions> = {}): Promise<string> {
  const outcome = await createReceiver({
    secret,
    now: () => nowMs,
    logger: createLog(),
    ...options,
  } as ReceiverOptions).receive(request);
  return 'reason' in outcome ? outcome.reason : outcome.status;
}

describe('a redirect that turned the POST into a GET', () => {
  const redirect = /redirect/i;

  test('is known by its signature', async () => {
    expect(await reasonOf({ ...genuine, method: 'GET', body: new Uint8Array() })).toMatch(redirect);
    expect(await reasonOf({ ...genuine, method: 'GET', headers: signPlain(body) })).toMatch(redirect);
  });

  test('is not suspected of a browser or of another method', async () => {
    expect(await reasonOf({ ...genuine, method: 'GET', headers: {} })).not.toMatch(redirect);
    expect(await reasonOf({ ...genuine, method: 'PUT' })).not.toMatch(redirect);
  });
});

describe('seconds for milliseconds', () => {
  const seconds = /seconds, not milliseconds|in seconds/i;

  test('are known by their size', async () => {
    expect(
      await reasonOf(delivery(body, { headers: signTimestamped(body, secret, Math.floor(nowMs / 1_000)) })),
    ).toMatch(seconds);
  });

  test('are not suspected of what is only old', async () => {
    expect(await reasonOf(delivery(body, { headers: signTimestamped(body, secret, nowMs - 86_400_000) }))).not.toMatch(
      seconds,
    );
    expect(await reasonOf(delivery(body, { headers: signTimestamped(body, secret, nowMs + 86_400_000) }))).not.toMatch(
      seconds,
    );
  });
});

describe('a secret with white space around it', () => {
  const space = /white space/i;

  test.each([`${secret}\n`, `${secret}\r\n`, ` ${secret}`, `${secret}\t`, '\u00a0x'])('%j is named', async (one) => {
    expect(await reasonOf(genuine, { secret: one })).toMatch(space);
    expect(await reasonOf(genuine, { secret: ['other', one] })).toMatch(space);
  });

  test('is not suspected of one with space inside, or where it is genuine', async () => {
    expect(await reasonOf(genuine, { secret: 'an other' })).not.toMatch(space);
    expect(
      await reasonOf(delivery(body, { headers: signTimestamped(body, `${secret}\n`) }), { secret: `${secret}\n` }),
    ).toBe('ignored');
  });
});

describe('a body that was written again', () => {
  const reserialised = /re-serialised/i;

  test.each<[what: string, change: string]>([
    ['pretty-printed', JSON.stringify(JSON.parse(text), null, 2)],
    ['with a line end', `${text}\n`],
    ['with space after the brace', text.replace('{', '{ ')],
    ['after a byte order mark', `\uFEFF${text}`],
    ['as text in JSON', JSON.stringify(text)],
  ])('%s is named', async (_, change) => {
    expect(await reasonOf(delivery(change, { headers: signTimestamped(body) }))).toMatch(reserialised);
  });

  test('is not suspected of a compact one with another signature', async () => {
    expect(await reasonOf(genuine, { secret: 'other' })).not.toMatch(reserialised);
  });

  test('is not held against a genuine one', async () => {
    expect(await reasonOf(delivery(JSON.stringify(JSON.parse(text), null, 2)))).toBe('ignored');
  });
});

test('a hint follows the meaning of the code', async () => {
  const reason = await reasonOf(genuine, { secret: `${secret}\n` });
  expect(reason.startsWith(await reasonOf(genuine, { secret: 'other' }))).toBe(true);
});
