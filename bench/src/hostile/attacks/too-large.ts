import type { Attack } from '../attack.ts';
import { makeDelivery, toRequest } from '../wire/deliveries.ts';
import { repeatShapes, type Shape } from './repeat.ts';

/** Bodies of one byte more than `maxBodyBytes`: announced, not announced, and announced only. */
export const tooLarge: Attack = {
  name: 'too-large',
  run: (target) => repeatShapes(shapes, target),
};

const tooMany = 5 * 1024 * 1024 + 1;
const large = Buffer.alloc(tooMany, ' ');
const largeChunk = Buffer.concat([Buffer.from(`${tooMany.toString(16)}\r\n`), large, Buffer.from('\r\n0\r\n\r\n')]);

const shape = (
  name: string,
  headers: Readonly<Record<string, string>>,
  body: Buffer,
  ...expected: Shape['expected']
): Shape => ({
  name,
  bytes: () => toRequest({ headers: { ...makeDelivery().headers, ...headers }, body }),
  expected,
});

const announced = { 'content-length': String(tooMany) };
const nothing = Buffer.alloc(0);

const shapes: readonly Shape[] = [
  shape('announced and sent', announced, large, '413 closed'),
  shape('announced and not sent', announced, nothing, '413 closed'),
  // On a very slow machine the time is up first.
  shape('not announced', { 'transfer-encoding': 'chunked' }, largeChunk, '413 closed', '408 closed'),
  shape('asks first', { ...announced, expect: '100-continue' }, nothing, '100 413 closed'),
];
