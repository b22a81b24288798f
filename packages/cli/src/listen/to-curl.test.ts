import { expect, test } from 'vitest';
import { toCurl } from './to-curl.ts';

const none = new Uint8Array();

test('nothing for the history of an interactive bash is left in what is escaped', () => {
  const command = toCurl('http://a/', { method: 'GET', headers: [['x-a', '\x1b!!']], body: none });
  expect(command).toContain("$'x-a: \\x1b\\x21\\x21'");
});

test('a HEAD has no body, and an empty POST no type of its own', () => {
  const body = new TextEncoder().encode('{}');
  expect(toCurl('http://a/', { method: 'HEAD', headers: [], body })).not.toContain('data');
  expect(toCurl('http://a/', { method: 'POST', headers: [], body: none })).toContain("-H 'content-type:'");
});

test('curl does not ask beforehand whether a large body is welcome', () => {
  const body = new Uint8Array(100_001).fill(0x61);
  expect(toCurl('http://a/', { method: 'POST', headers: [], body })).toContain("-H 'expect:'");
});
