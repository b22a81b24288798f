import { expect, test } from 'vitest';
import { isLoopback } from './loopback.ts';

const isOwn = (host: string) => isLoopback(new URL(`http://${host}:3000/`).hostname);

test.each([
  'localhost',
  'LOCALHOST',
  'localhost.',
  'app.localhost',
  '127.0.0.1',
  '127.9.8.7',
  '127.1',
  '2130706433',
  '0.0.0.0',
  '0',
  '[::1]',
  '[::]',
  '[0:0:0:0:0:0:0:1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:0.0.0.0]',
])('%s is this machine', (host) => {
  expect(isOwn(host)).toBe(true);
});

test.each([
  'example.com',
  'localhost.example.com',
  'mylocalhost',
  '10.0.0.1',
  '128.0.0.1',
  '[::2]',
  '[::ffff:8.8.8.8]',
])('%s is another', (host) => {
  expect(isOwn(host)).toBe(false);
});
