import type { Attack } from '../attack.ts';
import { makeDelivery, toBadRequest, toRequest } from '../wire/deliveries.ts';
import { repeatShapes, type Shape } from './repeat.ts';

/** Lengths that do not fit, contradict each other, or let two servers see two different requests. */
export const lyingLengths: Attack = {
  name: 'lying-lengths',
  run: (target) => repeatShapes(shapes, target),
};

const framed = (lines: (length: number) => string, after = Buffer.alloc(0)): Buffer => {
  const { headers, body } = makeDelivery();
  return Buffer.concat([toRequest({ headers, lines: lines(body.length), body }), after]);
};

const shape = (name: string, lines: (length: number) => string, ...expected: Shape['expected']): Shape => ({
  name,
  bytes: () => framed(lines),
  expected,
});

const refused = '400 closed';

const shapes: readonly Shape[] = [
  shape('body shorter than its length', (length) => `content-length: ${length + 50}\r\n`, '408 closed'),
  // What was signed is cut off, and the rest is no request: Node ends the connection, as a rule before the first is answered.
  shape(
    'body longer than its length',
    (length) => `content-length: ${length - 50}\r\n`,
    '400 closed',
    '401 400 closed',
  ),
  shape('no length at all', () => '', '400 closed', '400 400 closed'),
  shape('two lengths', (length) => `content-length: ${length}\r\ncontent-length: ${length + 5}\r\n`, refused),
  shape('the same length twice', (length) => `content-length: ${length}\r\ncontent-length: ${length}\r\n`, refused),
  shape('two lengths in a line', (length) => `content-length: ${length}, ${length}\r\n`, refused),
  shape('negative length', (length) => `content-length: -${length}\r\n`, refused),
  shape('length with a sign', (length) => `content-length: +${length}\r\n`, refused),
  shape('length with 0x', (length) => `content-length: 0x${length.toString(16)}\r\n`, refused),
  shape('length of 2⁶⁴ bytes and more', () => 'content-length: 99999999999999999999\r\n', refused),
  shape('length beyond whole numbers', () => 'content-length: 9007199254740993\r\n', '413 closed'),
  shape('length and chunks', (length) => `content-length: ${length}\r\ntransfer-encoding: chunked\r\n`, refused),
  shape('chunks and length', (length) => `transfer-encoding: chunked\r\ncontent-length: ${length}\r\n`, refused),
  shape('space before a colon', (length) => `transfer-encoding : chunked\r\ncontent-length: ${length}\r\n`, refused),
  shape(
    'an encoding nobody knows',
    (length) => `transfer-encoding: xchunked\r\ncontent-length: ${length}\r\n`,
    refused,
  ),
  shape('chunks that are not the last encoding', () => 'transfer-encoding: chunked, identity\r\n', refused),
  shape('folded line', (length) => `transfer-encoding:\r\n chunked\r\ncontent-length: ${length}\r\n`, refused),
  shape(
    'bare \\r in a header',
    (length) => `x-a: b\rtransfer-encoding: chunked\r\ncontent-length: ${length}\r\n`,
    refused,
  ),
  {
    name: 'a request inside of a body of length 0',
    bytes: () =>
      toRequest({
        headers: makeDelivery().headers,
        lines: 'content-length: 0\r\n',
        body: toBadRequest(makeDelivery()),
      }),
    expected: ['400 401 open'],
  },
];
