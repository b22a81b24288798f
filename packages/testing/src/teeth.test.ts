import { memoryStore } from '@twenty-webhooks/core';
import { describe, expect, test } from 'vitest';
import { adapterCases } from './adapter-suite/describe-adapter.ts';
import { idempotencyStoreCases } from './store-suite/describe-idempotency-store.ts';
import { caseNamed } from './testdata/case-named.ts';
import { nodeFixture } from './testdata/node-fixture.ts';
import { wrongAdapters } from './testdata/wrong-adapters.ts';
import { wrongStores } from './testdata/wrong-stores.ts';

// The suites seen red: each wrong implementation fails the named case, for the named reason. That the right ones pass all
// cases is the business of the tests beside this one.

type Tooth = readonly [caseName: string, why: RegExp];

const adapterTeeth: { readonly [Name in keyof typeof wrongAdapters]: Tooth } = {
  reserialises: ['golden vector bytes/number-1.0-and-bigint: valid', /SIGNATURE_MISMATCH/],
  decodesToText: ['golden vector bytes/invalid-utf8: BODY_NOT_UTF8', /SIGNATURE_MISMATCH/],
  decodesChunksToText: [
    'a body that comes byte for byte, characters torn apart, is the same body',
    /SIGNATURE_MISMATCH/,
  ],
  buffersEverything: [
    '60 MiB from a stranger: 413, and the memory does not grow with them (chunked)',
    /memory grew by \d\d/,
  ],
  raisesTheSizeLimit: ['a body one byte over the limit is refused: 413 (chunked)', /status: 200/],
  ignoresTheSizeLimit: [
    '60 MiB from a stranger: 413, and the memory does not grow with them (content-length)',
    /memory grew by \d\d/,
  ],
  ignoresTheTimeLimit: ['a body that trickles is refused when the time is up: 408', /an answer: not within/],
  answersBeforeVerifying: ['golden vector tamper/body-bit: SIGNATURE_MISMATCH', /status: 200/],
  swallowsFailures: ['a handler that throws: 500, and its message stays inside', /status: 200/],
  acceptsWhileBusy: ['a duplicate while the first is being handled: 409 busy, never a 200 that may be a lie', /200/],
  explainsErrorsToTheSender: ['a handler that throws: 500, and its message stays inside', /canary-handler/],
  countsCharacters: ['an id beyond ASCII comes back whole, with a content-length in bytes', /"id":"évén/],
  neverCloses: [
    'after 413 the connection is closed, whether the sender stops or goes on',
    /closing the connections: not within/,
  ],
  takesTheFirstOfRepeatedHeaders: ['the same signature twice: 401 SIGNATURE_MALFORMED', /status: 200/],
  looksAtTheContentType: ['content-type application/json; charset=utf-16: the bytes count', /BODY_EMPTY/],
  hangsOnParsedBodies: ['a JSON parser before it: 500 at once, and the log names the fix', /an answer: not within/],
  reserialisesParsedBodies: ['a JSON parser before it: 500 at once, and the log names the fix', /status: 200/],
  ownsEveryPath: ['other paths are left alone, even for a genuine delivery', /'other'/],
  dropsTheUrl: ['a secret function sees the URL with its query, and the headers', /SIGNATURE_MISMATCH/],
  logsBodies: ['a duplicate with another eventDate: 200 duplicate', /"canary-body-\w+" is in the console/],
  logsEveryRefusal: [
    'with the default logger, refusals write at most one line per code',
    /\d+ lines on the console, 1 expected/,
  ],
  leavesRejections: ['a sender that hangs up in the middle of a body leaves nothing behind', /unhandled rejections/],
  letsStrangersThrough: ['verify-only: nothing else goes on to the app', /status: 200/],
  forgetsOptions: ['golden vector server/person.created: valid', /SIGNATURE_MISMATCH/],
};

describe.each(Object.entries(adapterTeeth))('an adapter that is wrong (%s)', (wrong, [name, why]) => {
  test(`fails: ${name}`, async () => {
    const fixture = wrongAdapters[wrong as keyof typeof wrongAdapters];
    // The runner counts unhandled rejections, too; here they are meant to be.
    await withoutListeners('unhandledRejection', () =>
      expect(caseNamed(adapterCases(fixture), name).run()).rejects.toThrow(why),
    );
    await caseNamed(adapterCases(nodeFixture), name).run();
  }, 60_000);
});

const storeTeeth: { readonly [Name in keyof typeof wrongStores]: Tooth } = {
  checksThenInserts: ['of 50 concurrent claims exactly one wins, the others are busy', /'claimed'/],
  neverReleases: ['a released key can be claimed, with another token', /busy instead of claimed/],
  neverExpires: ['a claim whose lease ran out can be claimed again, with another token', /busy instead of claimed/],
  neverForgets: [
    'a completed key is done for its time, however short its lease was, and then free',
    /'done' !== 'claimed'/,
  ],
  forgetsAfterTheLease: [
    'a completed key is done for its time, however short its lease was, and then free',
    /'claimed' !== 'done'/,
  ],
  doesNotExtend: ['an extended lease starts anew', /'claimed' !== 'busy'/],
  letsOldTokensSettle: ['who lost the lease can neither extend, complete nor release the new claim', /true !== false/],
  reusesTokens: ['who lost the lease can neither extend, complete nor release the new claim', /true !== false/],
  saysDoneWhileBusy: ['a claimed key is busy', /'done' !== 'busy'/],
  cutsKeys: [
    'any text is a key: 1 000 characters, any script, line ends, quotes, names of object members',
    /false !== true/,
  ],
  growsForever: [
    'memory is bounded: the oldest finished keys are forgotten, never one that runs',
    /'done' !== 'claimed'/,
  ],
};

test.each(Object.entries(storeTeeth))('a store that is wrong (%s) fails', async (wrong, [name, why]) => {
  const cases = idempotencyStoreCases(wrongStores[wrong as keyof typeof wrongStores]);
  await expect(caseNamed(cases, name).run()).rejects.toThrow(why);
});

test('a store without a clock to turn is tested in real time', async () => {
  const name = 'who lost the lease can neither extend, complete nor release the new claim';
  await caseNamed(
    idempotencyStoreCases(() => ({ store: memoryStore() })),
    name,
  ).run();
});

async function withoutListeners(event: 'unhandledRejection', run: () => Promise<void>): Promise<void> {
  const listeners = process.listeners(event);
  process.removeAllListeners(event);
  try {
    await run();
  } finally {
    for (const listener of listeners) process.on(event, listener);
  }
}
