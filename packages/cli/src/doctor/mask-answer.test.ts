import { expect, it } from 'vitest';
import { maskAnswer, maskTokens } from './mask-answer.ts';

const textOf = (body: string | Uint8Array, secrets: readonly string[]): string => {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  const answer = {
    kind: 'answer',
    status: 200,
    headers: { location: '/?s3cret' },
    body: bytes,
    durationMs: 1,
  } as const;
  const result = maskAnswer(answer, secrets);
  if (result.kind !== 'answer') throw new Error(result.code);
  expect(result.headers.location).not.toContain('s3cret');
  return new TextDecoder().decode(result.body);
};

it.each([
  ['as it is', 'bad s3cret "x"', 's3cret "x"'],
  ['trimmed', 'bad s3cret', ' s3cret\n'],
  ['in JSON', '{"bad":"s3cret \\"x\\""}', 's3cret "x"'],
  ['in a URL', '/?key=s3cret%20%22x%22', 's3cret "x"'],
])('hides a secret %s', (_how, body, secret) => {
  expect(textOf(body, [secret, 's3cret'])).toContain('••••••••');
  expect(textOf(body, [secret, 's3cret'])).not.toMatch(/s3cret|x/);
});

it('leaves everything else, and bytes that are no text', () => {
  expect(textOf('all is well', ['s3cret', '', 'a'])).toBe('all is well');
});

it('hides what looks like a signature, in hex or base64, and no words', () => {
  expect(maskTokens(`${'a1'.repeat(16)} ${'aB+/'.repeat(11)}=`)).toBe('•••••••• ••••••••');
  expect(maskTokens('/webhooks/twenty is not there')).toBe('/webhooks/twenty is not there');
});
