import { realCore } from './core.ts';
import { receiveProperty } from './properties/receive.ts';
import { tamperedProperty } from './properties/tampered.ts';
import { itFinds, itPasses } from './testdata/it-finds.ts';
import { madeWith, readingHeaders, receivingBy } from './testdata/wrong-cores.ts';
import { reserialising, takingFor } from './testdata/wrong-receivers.ts';

itFinds([
  [
    'receive: the first of two signatures is believed',
    receiveProperty(readingHeaders((_name, value) => value.split(', ')[0] ?? '')),
  ],
  ['receive: a body that is made again', receiveProperty(reserialising)],
  [
    'receive: a stale delivery is malformed',
    receiveProperty(takingFor('TIMESTAMP_TOO_OLD', { code: 'TIMESTAMP_MALFORMED' } as object)),
  ],
  [
    'receive: the message of a failure goes out',
    receiveProperty({
      ...realCore,
      toAnswer: (outcome) => ({ ...realCore.toAnswer(outcome), body: JSON.stringify(outcome) }),
    }),
  ],
  [
    'receive: one that is refused gets a 200',
    receiveProperty({ ...realCore, toAnswer: (outcome) => ({ ...realCore.toAnswer(outcome), status: 200 }) }),
  ],
  [
    'receive: more is read than allowed',
    receiveProperty(madeWith((options) => ({ ...options, maxBodyBytes: 5_000_000 }))),
  ],
  [
    'receive: the announced length is not looked at',
    receiveProperty(readingHeaders((name, value) => (name === 'content-length' ? '' : value))),
  ],
  [
    'receive: the announced length must be below the limit',
    receiveProperty(readingHeaders((name, value) => (name === 'content-length' ? String(Number(value) + 1) : value))),
  ],

  ['tampered: a body that is made again', tamperedProperty(reserialising)],
  [
    'tampered: digits by their low bytes',
    tamperedProperty(
      readingHeaders((name, value) =>
        name.endsWith('signature') ? Buffer.from(value, 'latin1').toString('latin1') : value,
      ),
    ),
  ],
  [
    'tampered: white space around a signature is left out',
    tamperedProperty(readingHeaders((_name, value) => value.trim())),
  ],
  [
    'tampered: the first of two is believed',
    tamperedProperty(readingHeaders((_name, value) => value.split(', ')[0] ?? '')),
  ],
  [
    'tampered: no prefix is needed',
    tamperedProperty(
      readingHeaders((name, value) => (name === 'x-twenty-signature' ? `sha256=${value.slice(-64)}` : value)),
    ),
  ],
  [
    'tampered: the timestamp is read as a number',
    tamperedProperty(
      readingHeaders((name, value) =>
        name.endsWith('timestamp') && Number(value) > 0 ? String(Number(value)) : value,
      ),
    ),
  ],
]);

itPasses([
  ['a reader of headers', receiveProperty(readingHeaders((_name, value) => value))],
  ['a maker of receivers', tamperedProperty(madeWith((options) => options))],
  ['a wrapped receiver', tamperedProperty(receivingBy((request, receive) => receive(request)))],
]);
