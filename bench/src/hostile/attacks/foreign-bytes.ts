import type { Attack } from '../attack.ts';
import { makeDelivery, toBadRequest, toGoodRequest, toRequest } from '../wire/deliveries.ts';
import { repeatShapes, type Shape } from './repeat.ts';

/** What is not meant for a server of plain HTTP/1.1: TLS, HTTP/2, noise. */
export const foreignBytes: Attack = {
  name: 'foreign-bytes',
  run: (target) => repeatShapes(shapes, target),
};

const shape = (name: string, bytes: string | Buffer, ...expected: Shape['expected']): Shape => ({
  name,
  bytes: () => (typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes),
  expected,
});

// The start of a ClientHello: handshake, TLS 1.0 for the record, 512 bytes.
const clientHello = Buffer.concat([Buffer.from('1603010200010001fc0303', 'hex'), Buffer.alloc(506, 0x5a)]);
// The same at every run: bytes of all values, in an order that means nothing.
const noise = Buffer.from(Array.from({ length: 4_096 }, (_, index) => (index * 197 + (index >> 3) * 31 + 131) % 256));

const shapes: readonly Shape[] = [
  shape('TLS', clientHello, '400 closed'),
  shape('noise', noise, '400 closed'),
  shape('zeros', Buffer.alloc(4_096), '400 closed'),
  shape('HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', '400 closed'),
  // Node takes it for a request, and nothing is there.
  shape('HTTP/0.9', 'GET /\r\n\r\n', '404 closed', '405 closed', '400 closed'),
  shape('HTTP/3.7', 'POST /webhooks/twenty HTTP/3.7\r\nhost: a\r\n\r\n', '400 closed'),
  shape('a tunnel', 'CONNECT example.com:443 HTTP/1.1\r\nhost: example.com\r\n\r\n', 'closed', '400 closed'),
  {
    name: 'noise after a request',
    bytes: () => Buffer.concat([toBadRequest(makeDelivery()), noise]),
    expected: ['401 400 closed', '400 closed', 'closed'],
  },
  {
    name: 'an upgrade',
    bytes: () => toRequest({ lines: 'connection: upgrade\r\nupgrade: websocket\r\ncontent-length: 2\r\n', body: '{}' }),
    expected: ['401 open'],
  },
  {
    name: 'a delivery without an end of its head',
    bytes: () => {
      const bytes = toGoodRequest(makeDelivery()).toString('latin1');
      return Buffer.from(bytes.replace('\r\n\r\n', '\r\n'), 'latin1');
    },
    expected: ['400 closed'],
  },
];
