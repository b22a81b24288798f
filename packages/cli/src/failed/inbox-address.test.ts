import { describe, expect, it } from 'vitest';
import { hasPassword, shownAddress, shownPath, toInboxAddress, withoutSecrets } from './inbox-address.ts';

describe('toInboxAddress', () => {
  it.each([
    ['inbox.sqlite', 'inbox.sqlite'],
    ['./a b/inbox', './a b/inbox'],
    ['sqlite:inbox.sqlite', 'inbox.sqlite'],
    ['sqlite:///var/inbox.sqlite', '/var/inbox.sqlite'],
    ['file:inbox.sqlite', 'inbox.sqlite'],
    ['file:///var/a%20b.sqlite', '/var/a b.sqlite'],
  ])('%s is a file', (text, path) => {
    expect(toInboxAddress(text)).toEqual({ kind: 'sqlite', path });
  });

  it.each([
    ['postgres://a/b', 'postgres'],
    ['postgresql://a/b', 'postgres'],
    ['redis://a', 'redis'],
    ['REDISS://a', 'redis'],
  ])('%s is a server', (text, kind) => {
    expect(toInboxAddress(text)).toMatchObject({ kind });
  });
});

it.each(['redis://h', 'redis://h/', 'redis://h:6379/15', 'rediss://h?db=3'])('%s: a database of Redis', (text) => {
  expect(toInboxAddress(text)).toMatchObject({ kind: 'redis' });
});
it.each(['redis://h/abc', 'rediss://h/1x', 'redis://h/1/', 'redis://h/-1', 'redis://h?db=abc'])(
  '%s: not the number of a database',
  (text) => {
    expect(() => toInboxAddress(text)).toThrow('the number of a database');
  },
);

it.each([
  'postgres//ada:canary@db.example.com/app',
  'postgres//ada:can/a@canary@db.example.com/app',
  'ada:canary@db.example.com:5432/app',
  'canary@db.example.com/app',
  'redis//db.example.com/app?password=canary',
])('%s, which is no file, is named without its password', (text) => {
  expect(toInboxAddress(text)).toEqual({ kind: 'sqlite', path: text });
  expect(shownPath(text)).toMatch(/^(?!.*canary).*db\.example\.com/);
});
it('what is no path, either', () => {
  expect(() => toInboxAddress('file://ada:canary@db.example.com/app')).toThrow(/^(?!.*canary).*is no path/);
});

it('an address is shown without its password, and what others say of it too', () => {
  const address = toInboxAddress('postgres://ada:s%40cret@db.example.com:5432/app?sslpassword=other');
  expect(shownAddress(address)).toBe('postgres://ada:••••••••@db.example.com:5432/app');
  expect(withoutSecrets(address, 'no s@cret, no s%40cret, no other')).toBe('no ••••••••, no ••••••••, no ••••••••');
  expect(hasPassword(address)).toBe(true);
  expect(hasPassword(toInboxAddress('postgres://ada@db.example.com/app'))).toBe(false);
  expect(shownAddress(toInboxAddress('redis://:secret@cache'))).toBe('redis://:••••••••@cache');
});
