import { describe, expect, test } from 'vitest';
import { isWebhookError } from './errors.ts';
import { toAnswer } from './outcome.ts';
import { parseEvent } from './parse-event.ts';
import { createReceiver } from './receiver.ts';
import { createLog, type Vector, vectors } from './testdata/deliveries.ts';
import { verifySignature } from './verify.ts';

// Made by another language, with bodies that do not survive being parsed and written again.
const receiverOf = ({ secrets, now }: Vector) =>
  createReceiver({ secret: secrets, now: () => now, logger: createLog(), on: { '*': ({ id }) => id } });

/** The codes that are found after the signature: `verifySignature` has nothing to say about them. */
const isAfterSignature = (code: string): boolean => code.startsWith('BODY_');

test('there are vectors of both formats, genuine and not', () => {
  expect(vectors.length).toBeGreaterThan(60);
  expect(new Set(vectors.map(({ format, expect }) => `${format} ${expect === 'valid'}`)).size).toBe(4);
});

describe.each(vectors)('$name', (vector) => {
  const { headers, body } = vector;
  const url = 'https://example.com/webhooks/twenty';

  test('receive', async () => {
    const outcome = await receiverOf(vector).receive({ method: 'POST', url, headers, body });
    if (vector.expect === 'valid') {
      expect(outcome).toMatchObject({ status: 'handled', id: vector.id });
      expect(outcome).toMatchObject({ event: { id: vector.id, event: vector.event, format: vector.format } });
    } else {
      expect(outcome).toMatchObject({ status: 'rejected', code: vector.expect });
    }
  });

  test('fetch', async () => {
    const request = new Request(url, { method: 'POST', headers, body });
    const response = await receiverOf(vector).fetch(request);
    const isValid = vector.expect === 'valid';
    expect(await response.json()).toEqual(isValid ? { status: 'handled', id: vector.id } : { error: vector.expect });
    const outcome = isValid ? 'handled' : { status: 'rejected', code: vector.expect, reason: '' };
    expect(response.status).toBe(isValid ? 200 : toAnswer(outcome as never).status);
  });

  test('verifySignature and parseEvent', async () => {
    const run = async (): Promise<string> => {
      await verifySignature(body, headers, { secret: vector.secrets, now: () => vector.now });
      return (await parseEvent(body)).id;
    };
    const result = await run().catch((error: unknown) => (isWebhookError(error) ? error.code : error));
    // A receiver sees that a body is empty before anything else.
    const expected = vector.expect === 'BODY_EMPTY' ? 'BODY_NOT_JSON' : vector.expect;
    expect(result).toBe(expected === 'valid' ? vector.id : expected);
  });

  test('verifySignature alone', async () => {
    const verified = verifySignature(body, headers, { secret: vector.secrets, now: () => vector.now });
    if (vector.expect !== 'valid' && !isAfterSignature(vector.expect)) {
      await expect(verified).rejects.toMatchObject({ code: vector.expect });
      return;
    }
    const scheme = 'x-twenty-webhook-signature' in headers ? 'timestamped' : 'plain';
    const timestamp = headers['x-twenty-webhook-timestamp'];
    const signedAtMs = scheme === 'plain' ? undefined : Number(timestamp);
    expect(await verified).toEqual({ scheme, secretIndex: vector.secrets.length - 1, signedAtMs });
  });
});

test.each(vectors.filter(({ expect }) => expect === 'valid'))('$name fails with a wrong secret', async (vector) => {
  const wrong = { secret: vector.secrets.map((one) => `${one} `), now: () => vector.now };
  await expect(verifySignature(vector.body, vector.headers, wrong)).rejects.toMatchObject({
    code: 'SIGNATURE_MISMATCH',
  });
});
