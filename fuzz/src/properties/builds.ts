import assert from 'node:assert/strict';
import { type Outcome, type Receiver, toAnswer } from '@twenty-webhooks/core';
import { type Core, realCore } from '../core.ts';
import { nowMs, signedRequest } from '../inputs/signed-request.ts';
import { silent } from '../inputs/silent-logger.ts';
import type { Property } from '../property.ts';
import { loadWebCore } from '../web-core.ts';

/** The build on `node:crypto` and the one on Web Crypto give the same outcome, the same event and the same keys. */
export function buildsProperty(core: Core = realCore, other?: Core): Property {
  let receivers: readonly { receiver: Receiver; keys: string[] }[] | undefined;
  return {
    name: 'builds',
    weight: 40_000,
    maxScriptBytes: 160,
    testCases: 1_500,
    async check(choices) {
      receivers ??= [core, other ?? loadWebCore()].map((one) => {
        const keys: string[] = [];
        const receiver = one.createReceiver({
          secret: secrets,
          on: { '*': (_event, { idempotencyKey }) => void keys.push(idempotencyKey) },
          idempotency: 'off',
          logger: silent,
          now: () => nowMs,
        });
        return { receiver, keys };
      });
      const request = signedRequest(choices, secrets, 300);
      const [node, web] = await Promise.all(
        receivers.map(async ({ receiver, keys }) => {
          const outcome = await receiver.receive(request);
          return { outcome: comparable(outcome), keys: keys.splice(0) };
        }),
      );
      assert.deepStrictEqual(web, node);
    },
  };
}

const secrets = ['old', 's1', 'é-🚀'];

/** Node computes an id when somebody asks, so that an answer may lack it. */
function comparable(outcome: Outcome): unknown {
  if ('code' in outcome) return { code: outcome.code, reason: outcome.reason, status: toAnswer(outcome).status };
  return {
    status: outcome.status,
    id: outcome.event.id,
    event: JSON.stringify(outcome.event),
    delivery: outcome.delivery,
  };
}
