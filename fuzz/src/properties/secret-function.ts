import assert from 'node:assert/strict';
import type { Choices } from '../choices.ts';
import { type Core, realCore } from '../core.ts';
import { nowMs } from '../inputs/signed-request.ts';
import { silent } from '../inputs/silent-logger.ts';
import { hmacOf } from '../oracles/signature.ts';
import type { Property } from '../property.ts';
import { checkAnswer } from './receive.ts';

/**
 * Whatever a `secret` function gives or throws, a delivery is genuine only if one of its texts signed it; nothing but texts
 * is `SECRET_UNAVAILABLE`, and no secret at all lets nobody in.
 */
export function secretFunctionProperty(core: Core = realCore): Property {
  return {
    name: 'secret-function',
    weight: 50_000,
    maxScriptBytes: 32,
    testCases: 4_000,
    async check(choices) {
      const given = anySecret(choices);
      const isThrown = choices.oneIn(8);
      const isLater = choices.oneIn(2);
      const receiver = core.createReceiver({
        secret: () => {
          if (isThrown && !isLater) throw given;
          return (isThrown ? Promise.reject(given) : isLater ? Promise.resolve(given) : given) as string;
        },
        on: { '*': () => {} },
        idempotency: 'off',
        logger: silent,
        now: () => nowMs,
      });
      const signedBy = choices.pick(['s1', 'é', '', 'undefined', 'null', '[object Object]']);
      const headers = { 'x-twenty-signature': `sha256=${hmacOf(signedBy, '', body)}` };
      const outcome = await receiver.receive({ method: 'POST', url: '/', headers, body });
      assert.equal('code' in outcome ? outcome.code : outcome.status, expectedOf(given, isThrown, signedBy));
      checkAnswer(core, outcome);
    },
  };
}

function expectedOf(given: unknown, isThrown: boolean, signedBy: string): string {
  if (isThrown) return 'SECRET_UNAVAILABLE';
  const secrets = Array.isArray(given) ? given : given === undefined || given === null ? [] : [given];
  if (secrets.some((secret) => typeof secret !== 'string')) return 'SECRET_UNAVAILABLE';
  return secrets.some((secret) => secret !== '' && secret === signedBy) ? 'handled' : 'SIGNATURE_MISMATCH';
}

function anySecret(choices: Choices): unknown {
  const one = (): unknown =>
    choices.pick<unknown>([
      's1',
      'é',
      '',
      'other',
      undefined,
      null,
      0,
      1,
      true,
      false,
      {},
      [],
      5n,
      Symbol('s'),
      () => 's1',
      Buffer.from('s1'),
    ]);
  return choices.oneIn(2) ? choices.list(3, one).filter((secret) => !Array.isArray(secret)) : one();
}

const body = Buffer.from('{"eventName":"person.created"}');
