import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { simpleRepairs } from './body-repairs.ts';

const event = '{"eventName":"person.created","note":"Zoë \\"½\\" +1 & \'x\'"}';
const base64 = Buffer.from(event).toString('base64');

test.each([
  ['[body] of a lambda', JSON.stringify({ headers: {}, isBase64Encoded: false, body: event })],
  ['[body] of a lambda, in base64', JSON.stringify({ headers: {}, isBase64Encoded: true, body: base64 })],
  ['as an object beside others', JSON.stringify({ headers: {}, body: JSON.parse(event) })],
  ['as the only member', `{ "anything" : ${event} }`],
  ['as the name of a form field', JSON.stringify({ [event]: '' })],
  ['escaped twice', JSON.stringify(JSON.stringify(event))],
  ['escaped, without quotes around it', JSON.stringify(event).slice(1, -1)],
  [
    'as Python shows bytes',
    `b'${Buffer.from(event.replaceAll('\\', '\\\\').replaceAll("'", "\\'"))
      .toString('latin1')
      .replace(/[\x80-\xff]/g, (char) => `\\x${char.charCodeAt(0).toString(16)}`)}'`,
  ],
  ['form with more fields', `payload=${encodeURIComponent(event).replaceAll('%20', '+')}&x=1`],
  ['chunks', `${Buffer.byteLength(event).toString(16)}\r\n${event}\r\n0\r\n\r\n`],
])('%s', (_, body) => {
  expect(simpleRepairs(Buffer.from(body)).map((variant) => Buffer.from(variant.body).toString())).toContain(event);
});

test('a small body that would become large is not decompressed', () => {
  const isCompressed = ({ findings }: ReturnType<typeof simpleRepairs>[number]): boolean =>
    findings.some(({ cause }) => cause === 'body-compressed');
  expect(simpleRepairs(gzipSync(Buffer.alloc(17 * 1024 * 1024))).some(isCompressed)).toBe(false);
  expect(simpleRepairs(gzipSync(Buffer.alloc(1024))).some(isCompressed)).toBe(true);
});

test('hostile bodies do not throw', () => {
  for (const body of ['{}', '{"a":null}', '{"body":null,"x":1}', "b''", '%7B%', '"', "'", '{\\"', 'a=%7B%ff', '0\r\n'])
    expect(() => simpleRepairs(Buffer.from(body))).not.toThrow();
});
