import assert from 'node:assert/strict';
import { isWebhookError, type Receiver } from '@twenty-webhooks/core';
import { type Core, realCore } from '../core.ts';
import { nowMs, signedRequest } from '../inputs/signed-request.ts';
import { silent } from '../inputs/silent-logger.ts';
import type { Property } from '../property.ts';

/** `verifySignature` and then `parseEvent` say what a receiver says, and of a genuine delivery the same facts. */
export function agreementProperty(core: Core = realCore): Property {
  let receiver: Receiver | undefined;
  return {
    name: 'agreement',
    weight: 40_000,
    maxScriptBytes: 160,
    testCases: 2_000,
    async check(choices) {
      receiver ??= core.createReceiver({ secret, logger: silent, now: () => nowMs });
      const request = { ...signedRequest(choices, secret, 300), method: 'POST' };
      const outcome = await receiver.receive(request);
      if ('code' in outcome && notChecked.has(outcome.code)) return;
      const alone = await separately(core, request);
      if ('code' in outcome) assert.equal(alone, outcome.code);
      else {
        const { scheme, secretIndex, signedAtMs } = outcome.delivery;
        assert.deepEqual(alone, [scheme, secretIndex, signedAtMs, JSON.stringify(outcome.event)]);
      }
    },
  };
}

async function separately(
  core: Core,
  { body, headers }: Pick<Parameters<Receiver['receive']>[0], 'headers'> & { body: Uint8Array },
): Promise<unknown> {
  try {
    const { scheme, secretIndex, signedAtMs } = await core.verifySignature(body, headers, { secret, now: () => nowMs });
    return [scheme, secretIndex, signedAtMs, JSON.stringify(await core.parseEvent(body))];
  } catch (error) {
    if (!isWebhookError(error)) throw error;
    return error.code;
  }
}

const secret = ['old', 's1', 'é-🚀'];

/** What these two functions do not look at. */
const notChecked = new Set<string>(['CONTENT_ENCODING_UNSUPPORTED', 'BODY_EMPTY']);
