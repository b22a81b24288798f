import { expect, test } from 'vitest';
import { isLoop, refuseLoop } from './refuse-loop.ts';

test.each<[string, number, boolean]>([
  ['http://localhost:4000/x', 4000, true],
  ['http://0.0.0.0:4000/x', 4000, true],
  ['http://[::ffff:127.0.0.1]:4000/x', 4000, true],
  ['http://localhost/', 80, true],
  ['https://localhost/', 443, true],
  ['https://localhost/', 80, false],
  ['http://localhost:3000/', 4000, false],
  ['http://example.com:4000/', 4000, false],
])('%s from port %d', (url, port, isRefused) => {
  const refuse = () => refuseLoop(new URL(url), port);
  if (isRefused) expect(refuse).toThrow('--forward leads back');
  else expect(refuse).not.toThrow();
});

test('a mark of its own is known again, also among those of others', () => {
  const name = 'X-Twenty-Webhooks-Forwarded';
  expect(isLoop([[name, 'other']], 'mine')).toBe(false);
  expect(isLoop([['x-other', 'mine']], 'mine')).toBe(false);
  for (const value of ['mine', 'other, mine', 'mine,other']) expect(isLoop([[name, value]], 'mine')).toBe(true);
});
