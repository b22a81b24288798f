import { expect, it } from 'vitest';
import { chooseSecret } from './choose-secret.ts';
import type { Webhook } from './twenty-webhooks-api.ts';

const existing = { id: 'w-1', secret: 'the old one, long enough' } as Webhook;
const rotate = (env: Readonly<Record<string, string>>, envFile: string | undefined, isDryRun = false) =>
  chooseSecret({ existing, envFile, isRotation: true, isDryRun, known: (name) => env[name] });

it('a rotation to a given secret writes the old one, or says that it is written nowhere', () => {
  const given = { TWENTY_WEBHOOK_SECRET: 'the new one, long enough' };
  const written = rotate(given, '.env');
  expect(written).toMatchObject({
    kind: 'given',
    secret: 'the new one, long enough',
    toWrite: { TWENTY_WEBHOOK_SECRET_OLD: existing.secret },
    warnings: [expect.stringContaining('TWENTY_WEBHOOK_SECRET_OLD].')],
  });
  expect(Object.keys(written.toWrite)).toEqual(['TWENTY_WEBHOOK_SECRET_OLD']);
  expect(rotate({ ...given, TWENTY_WEBHOOK_SECRET_OLD: String(existing.secret) }, '.env').toWrite).toEqual({});
  expect(rotate(given, undefined)).toMatchObject({
    toWrite: {},
    warnings: [expect.stringContaining('written nowhere')],
  });
});

it('a rotation that is done is not made again; an old secret that is the one of now, or of nobody, does not count', () => {
  const now = String(existing.secret);
  const done = { TWENTY_WEBHOOK_SECRET: now, TWENTY_WEBHOOK_SECRET_OLD: 'older' };
  expect(rotate(done, '.env')).toMatchObject({ kind: 'kept', secret: undefined, toWrite: {} });
  expect(rotate({ ...done, TWENTY_WEBHOOK_SECRET_OLD: now }, '.env')).toMatchObject({ kind: 'generated' });
  expect(rotate({ TWENTY_WEBHOOK_SECRET_OLD: 'older' }, '.env')).toMatchObject({
    kind: 'generated',
    toWrite: { TWENTY_WEBHOOK_SECRET_OLD: now },
  });
});

it('a new secret needs a place to be kept, a dry run does not', () => {
  expect(() => rotate({}, undefined)).toThrow('nowhere to keep it');
  expect(rotate({}, undefined, true)).toMatchObject({ text: 'new, needs -e FILE', secret: undefined, toWrite: {} });
});

it.each([
  ['short', 'short enough to be guessed'],
  ['long enough, but with a line break\n', 'white space, which counts'],
  [' long enough, but with a blank', 'white space, which counts'],
])('warns of a secret that is %j', (secret, text) => {
  const question = { existing: undefined, envFile: undefined, isRotation: false, isDryRun: false };
  expect(chooseSecret({ ...question, known: () => secret })).toMatchObject({
    secret,
    warnings: [expect.stringContaining(text)],
  });
  expect(chooseSecret({ ...question, known: () => 'long enough for all' }).warnings).toEqual([]);
});
