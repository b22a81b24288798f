import { describe, expect, it } from 'vitest';
import { hasPassword, shownAddress, toInboxAddress, withoutSecrets } from './inbox-address.ts';

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

it('an address is shown without its password, and what others say of it too', () => {
  const address = toInboxAddress('postgres://ada:s%40cret@db.example.com:5432/app?sslpassword=other');
  expect(shownAddress(address)).toBe('postgres://ada:••••••••@db.example.com:5432/app');
  expect(withoutSecrets(address, 'no s@cret, no s%40cret, no other')).toBe('no ••••••••, no ••••••••, no ••••••••');
  expect(hasPassword(address)).toBe(true);
  expect(hasPassword(toInboxAddress('postgres://ada@db.example.com/app'))).toBe(false);
  expect(shownAddress(toInboxAddress('redis://:secret@cache'))).toBe('redis://:••••••••@cache');
});
