import type { Attack } from '../attack.ts';
import { makeDelivery, signatureHeader, toRequest } from '../wire/deliveries.ts';
import { repeatShapes, type Shape } from './repeat.ts';

/** Chunked bodies whose chunks are not as long as they say. The signatures fit the bodies that are meant. */
export const lyingChunks: Attack = {
  name: 'lying-chunks',
  run: (target) => repeatShapes(shapes, target),
};

const chunked = (body: (text: string) => string): Buffer => {
  const { headers, body: bytes } = makeDelivery();
  const text = body(Buffer.from(bytes).toString('latin1'));
  return toRequest({ headers: { ...headers, 'transfer-encoding': 'chunked' }, body: Buffer.from(text, 'latin1') });
};

const shape = (name: string, body: (text: string) => string, ...expected: Shape['expected']): Shape => ({
  name,
  bytes: () => chunked(body),
  expected,
});

const hex = (text: string): string => text.length.toString(16);

const refused = '400 closed';
const timedOut = '408 closed';

const shapes: readonly Shape[] = [
  shape('chunk longer than it says', (text) => `5\r\n${text}\r\n0\r\n\r\n`, refused),
  shape('chunk shorter than it says', (text) => `fffff\r\n${text}\r\n0\r\n\r\n`, timedOut),
  shape('no last chunk', (text) => `${hex(text)}\r\n${text}\r\n`, timedOut),
  shape('chunk of 2 GiB', (text) => `7fffffff\r\n${text}`, timedOut),
  shape('chunk of 2⁶⁴ bytes and more', (text) => `ffffffffffffffffff\r\n${text}\r\n0\r\n\r\n`, refused),
  shape('negative chunk', (text) => `-${hex(text)}\r\n${text}\r\n0\r\n\r\n`, refused),
  shape('length with 0x', (text) => `0x${hex(text)}\r\n${text}\r\n0\r\n\r\n`, refused),
  shape('length that is no number', (text) => `zz\r\n${text}\r\n0\r\n\r\n`, refused),
  shape('lines that end with \\n only', (text) => `${hex(text)}\n${text}\n0\n\n`, refused),
  shape('no line end after a chunk', (text) => `${hex(text)}\r\n${text}0\r\n\r\n`, refused),
  shape(
    'endless chunk extension',
    (text) => `${hex(text)};${'x'.repeat(20_000)}\r\n${text}\r\n0\r\n\r\n`,
    '413 closed',
    refused,
  ),
  {
    name: 'signature in a trailer',
    bytes: () => {
      const { headers, body } = makeDelivery();
      const { [signatureHeader]: signature, ...unsigned } = headers;
      const text = Buffer.from(body).toString('latin1');
      return toRequest({
        headers: { ...unsigned, 'transfer-encoding': 'chunked', trailer: signatureHeader },
        body: Buffer.from(`${hex(text)}\r\n${text}\r\n0\r\n${signatureHeader}: ${signature}\r\n\r\n`, 'latin1'),
      });
    },
    expected: ['401 open'],
  },
];
