import { expect, test } from 'vitest';
import { headersToPass, withoutCredentials } from './pass-on.ts';

test('headers of one connection stay behind, all others go on in order, with case and repeats', () => {
  const raw = [
    ['Host', 'a'],
    ['X-B', '1'],
    ['Connection', 'keep-alive, X-Private'],
    ['x-private', '2'],
    ['Transfer-Encoding', 'chunked'],
    ['Content-Length', '3'],
    ['X-B', '4'],
    ['Expect', '100-continue'],
    ['TE', 'trailers'],
    ['Content-Type', 'application/json'],
  ].flat();
  expect(headersToPass(raw)).toEqual([
    ['X-B', '1'],
    ['X-B', '4'],
    ['Content-Type', 'application/json'],
  ]);
});

test('a URL is shown without its credentials', () => {
  const url = new URL('http://me:word@localhost:3000/x?a=1');
  expect(withoutCredentials(url)).toBe('http://localhost:3000/x?a=1');
  expect(url.password).toBe('word');
});
