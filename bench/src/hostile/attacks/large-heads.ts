import type { Attack } from '../attack.ts';
import { makeDelivery, toRequest } from '../wire/deliveries.ts';
import { repeatShapes, type Shape } from './repeat.ts';

/** Many headers, long ones, and as much as a server takes at all (Node 24: 16 KiB, fewer than 1,000 lines). */
export const largeHeads: Attack = {
  name: 'large-heads',
  run: (target) => repeatShapes(shapes, target),
};

const shape = (name: string, before: string, expected: string): Shape => ({
  name,
  bytes: () => {
    const { headers, body } = makeDelivery();
    // Without a signature: whatever is looked at, this is none of Twenty's.
    const { 'content-type': type = '' } = headers;
    return toRequest({ headers: { 'content-type': type }, lines: `${before}content-length: ${body.length}\r\n`, body });
  },
  expected: [expected],
});

const shapes: readonly Shape[] = [
  shape('a header of 20 kB', `x-large: ${'x'.repeat(20_000)}\r\n`, '431 closed'),
  shape('a header of 15 kB', `x-large: ${'x'.repeat(15_000)}\r\n`, '401 open'),
  shape('a signature of 15 kB', `x-twenty-webhook-signature: ${'a'.repeat(15_000)}\r\n`, '401 open'),
  shape('many signatures', 'x-twenty-webhook-signature: aa\r\n'.repeat(400), '401 open'),
  shape('900 headers', 'a:b\r\n'.repeat(900), '401 open'),
  shape('2,000 headers', 'a:b\r\n'.repeat(2_000), '431 closed'),
  shape('names of prototypes', '__proto__: a\r\nconstructor: b\r\nhasOwnProperty: c\r\n', '401 open'),
  shape('an expectation nobody knows', 'expect: miracles\r\n', '417 open'),
];
