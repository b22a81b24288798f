import assert from 'node:assert/strict';
import { bodyError, type Outcome, outcomeTable, type Receiver } from '@twenty-webhooks/core';
import type { Choices } from '../choices.ts';
import { type Core, realCore } from '../core.ts';
import { joinedHeaders, nowMs, signedRequest } from '../inputs/signed-request.ts';
import { silent } from '../inputs/silent-logger.ts';
import { expectedOutcome } from '../oracles/outcome.ts';
import type { Property } from '../property.ts';

/** Any method, headers and bytes give exactly the outcome of the table that an oracle gives, and never an exception. */
export function receiveProperty(core: Core = realCore): Property {
  const receivers = new Map<string, Receiver>();

  function receiverOf(settings: ReceiverSettings): Receiver {
    const key = JSON.stringify(settings);
    let receiver = receivers.get(key);
    if (receiver === undefined) {
      const { secrets: secret, ...rest } = settings;
      receiver = core.createReceiver({
        ...rest,
        secret,
        on: { '*': () => {} },
        idempotency: 'off',
        logger: silent,
        now: () => nowMs,
      });
      receivers.set(key, receiver);
    }
    return receiver;
  }

  return {
    name: 'receive',
    weight: 240_000,
    maxScriptBytes: 160,
    testCases: 3_000,
    async check(choices) {
      const settings = anySettings(choices);
      const request = signedRequest(choices, settings.secrets, settings.toleranceSeconds);
      const headers = joinedHeaders(request.headers);
      const failure = choices.oneIn(40) ? choices.pick(readFailures) : undefined;
      const isRead = failure !== undefined || choices.oneIn(5);
      const read = async () => {
        if (failure !== undefined) throw bodyError(failure);
        return request.body;
      };
      const outcome = await receiverOf(settings).receive(isRead ? { ...request, body: read } : request);
      const expected = expectedOutcome({ ...request, ...settings, nowMs, headers });
      const isBeforeBody = expected === 'METHOD_NOT_ALLOWED' || expected === 'CONTENT_ENCODING_UNSUPPORTED';
      const isAnnouncedTooLarge = isRead && Number(headers.get('content-length')) > settings.maxBodyBytes;
      const code = isBeforeBody ? expected : isAnnouncedTooLarge ? 'BODY_TOO_LARGE' : (failure ?? expected);
      assert.equal('code' in outcome ? outcome.code : outcome.status, code === 'genuine' ? 'handled' : code);
      checkAnswer(core, outcome);
    },
  };
}

interface ReceiverSettings {
  readonly secrets: readonly string[];
  readonly signatures: readonly ('timestamped' | 'plain')[];
  readonly toleranceSeconds: number;
  readonly maxBodyBytes: number;
}

const anySettings = (choices: Choices): ReceiverSettings => ({
  secrets: choices.pick([['s1'], ['old', 's1', 'é-🚀'], ['x'.repeat(100)], [' s1\n', 's1']]),
  signatures: choices.pick([['timestamped', 'plain'], ['timestamped'], ['plain']]),
  toleranceSeconds: choices.pick([300, 0, 0.25, 2_147_483_647]),
  maxBodyBytes: choices.pick([5 * 1024 * 1024, 5 * 1024 * 1024, 200]),
});

const readFailures = ['BODY_TIMEOUT', 'BODY_INCOMPLETE', 'BODY_ALREADY_PARSED', 'BODY_TOO_LARGE'] as const;

/** The answer's status is that of the table, and nothing but code, status and id leaves the process. */
export function checkAnswer(core: Pick<Core, 'toAnswer'>, outcome: Outcome): void {
  const { status, body } = core.toAnswer(outcome);
  const key = 'code' in outcome ? outcome.code : outcome.status;
  assert.equal(status, outcomeTable[key][0]);
  const answered: Record<string, unknown> = JSON.parse(body);
  const { id, ...rest } = answered;
  assert.deepEqual(rest, 'code' in outcome ? { error: outcome.code } : { status: outcome.status });
  assert.equal(id, 'code' in outcome ? undefined : outcome.id);
}
