import { expect, test } from 'vitest';
import { maskBody } from './masked-body.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

test('text without secrets stays as it came', () => {
  for (const text of ['{ "a" : 1 }\n', 'no json', '', '\ufeff{"a":1}', '{"eventName":"metadata.webhook.created"}']) {
    expect(maskBody(bytes(text))).toEqual({ text, isUtf8: true, isMasked: false });
  }
});

test.each([
  '{"eventName":"metadata.webhook.created","event":{"properties":{"after":{"secret":"hidden"}}}}',
  '\ufeff{"eventName":"metadata.webhook.created","event":{"properties":{"after":{"secret":"hidden"}}}}',
  '{"eventName":"metadata.webhook.created","event":{"properties":{"diff":{"secret":{"before":"hidden","after":"hidden2"}}}}}',
  '{"event":"metadata.webhook.updated","data":{"attributes":{"webhookSecret":["hidden"]}}}',
  '{"eventName":"x.y","event":"metadata.webhook.updated","secret":"hidden"}',
  // Two members of one name: the first is in no parsed object.
  '{"eventName":"metadata.webhook.created","secret":"hidden","secret":"hidden"}',
  // Cut off.
  '{"eventName":"metadata.webhook.created","event":{"secret":"hidd',
])('%s is shown without its secret', (text) => {
  const { text: shown, isMasked } = maskBody(bytes(text));
  expect([shown.includes('hidd'), isMasked]).toEqual([false, true]);
});

test('bytes that are not UTF-8 are masked all the same', () => {
  const body = Buffer.concat([
    bytes('{"eventName":"metadata.webhook.created","secret":"hidden","other":"'),
    Uint8Array.of(0xff),
    bytes('"}'),
  ]);
  expect(maskBody(body)).toMatchObject({ isUtf8: false, isMasked: true, text: expect.not.stringContaining('hidden') });
});

test('no depth is too much', () => {
  const text = `{"eventName":"metadata.webhook.created","a":${'['.repeat(20_000)}"hidden"${']'.repeat(20_000)}}`;
  expect(maskBody(bytes(text))).toMatchObject({ isMasked: true, text: expect.not.stringContaining('hidden') });
});
