import { expect, it } from 'vitest';
import { hideSecrets } from './hide-secrets.ts';

const secret = ' sec/ret "ä"\n';
const confidential = {
  secret,
  headers: { 'content-type': 'application/json', 'X-Twenty-Webhook-Signature': 'c0ffee' },
  url: new URL('http://ada:pass%2Fword@127.0.0.1/x?token=t0ken'),
};

it.each([
  secret,
  secret.trim(),
  JSON.stringify(secret).slice(1, -1),
  encodeURIComponent(secret),
  encodeURIComponent(secret.trim()).replaceAll('%20', '+'),
  'c0ffee',
  'pass/word',
  'token=t0ken',
  Buffer.from('ada:pass/word').toString('base64'),
])('hides %j', (text) => {
  expect(hideSecrets(`<${text}> application/json ada`, confidential)).toBe('<••••••••> application/json ada');
});

it('leaves everything else alone', () => {
  const nothing = { secret: '', headers: {}, url: new URL('http://127.0.0.1/') };
  expect(hideSecrets('OK', nothing)).toBe('OK');
  expect(hideSecrets('OK \ud800', { ...nothing, secret: '\ud800x' })).toBe('OK \ud800');
});
