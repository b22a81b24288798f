import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readDelivery } from './read-delivery.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'read-delivery-'));
  await writeFile(join(folder, 'body.json'), Buffer.from('\uFEFF{"a":"é"}\r\n'));
  await writeFile(join(folder, 'headers.txt'), 'A: 1\nB: 2\n');
  await writeFile(join(folder, 'headers16.txt'), Buffer.from('\uFEFFA: 1\r\n', 'utf16le'));
  await writeFile(join(folder, 'request.txt'), 'POST /x HTTP/1.1\r\nA: 1\r\n\r\n{}');
  await writeFile(
    join(folder, 'request16.txt'),
    Buffer.from('\uFEFFPOST /x HTTP/1.1\r\nA: 1\r\n\r\n{"a":"é"}', 'utf16le'),
  );
  await writeFile(join(folder, 'event.json'), '{\n  "eventName": "a.b"\n}');
  await writeFile(join(folder, 'twenty.txt'), 'X-Twenty-Signature: 1\n');
  await writeFile(join(folder, 'cut.txt'), 'X-Twenty-Signature: sha256=ab\nabab\n');
  await writeFile(join(folder, 'cut-request.txt'), 'POST /x HTTP/1.1\nX-Twenty-Signature: sha256=ab\nabab\n\n{}');
  await writeFile(join(folder, 'empty'), '');
});
afterAll(() => rm(folder, { recursive: true }));

const at = (name: string): string => join(folder, name);

test('the bytes as they are; -H adds to a file', async () => {
  const { body, headers } = await readDelivery({ body: at('body.json'), headers: at('headers.txt'), header: ['b: 3'] });
  expect(Buffer.from(body)).toEqual(Buffer.from('\uFEFF{"a":"é"}\r\n'));
  expect({ ...headers }).toEqual({ a: '1', b: '2, 3' });
});

test('headers that PowerShell wrote, an empty body, a request', async () => {
  expect({ ...(await readDelivery({ body: at('empty'), headers: at('headers16.txt') })) }).toMatchObject({
    headers: { a: '1' },
    body: Buffer.alloc(0),
  });
  expect(await readDelivery({ request: at('request.txt') })).toMatchObject({ method: 'POST', body: Buffer.from('{}') });
  expect(await readDelivery({ request: at('request16.txt') })).toMatchObject({
    method: 'POST',
    body: Buffer.from('{"a":"é"}'),
  });
});

test.each([
  [{}, 'BODY_MISSING', '--body FILE'],
  [{ body: 'body.json' }, 'HEADERS_MISSING', '--headers FILE'],
  [{ body: '-', headers: '-' }, 'OPTIONS_CONFLICT', 'Only one'],
  [{ body: 'none.json', headers: 'headers.txt' }, 'FILE_UNREADABLE', 'there is no such file'],
  [{ body: '.', headers: 'headers.txt' }, 'FILE_UNREADABLE', 'it is a directory'],
  [{ body: 'body.json', header: ['no colon'] }, 'HEADER_INVALID', "-H 'Name: value'"],
  [{ body: 'request.txt', headers: 'headers.txt' }, 'BODY_IS_REQUEST', '--request'],
  [{ body: 'body.json', request: 'request.txt' }, 'OPTIONS_CONFLICT', 'leave --body'],
  [{ request: 'empty' }, 'REQUEST_INVALID', 'no HTTP request'],
  [{ body: 'body.json', headers: 'empty' }, 'HEADERS_INVALID', 'there are none'],
  [{ body: 'body.json', headers: 'cut.txt' }, 'HEADERS_INVALID', 'line 2 is none. Understood are "Name: value" lines'],
  [{ request: 'cut-request.txt' }, 'HEADERS_INVALID', 'line 3 is none'],
  [{ request: 'event.json' }, 'REQUEST_INVALID', 'no HTTP request'],
  [{ body: 'headers.txt', headers: 'event.json' }, 'INPUTS_SWAPPED', 'holds an event, not headers'],
  [{ body: 'twenty.txt', headers: 'headers.txt' }, 'INPUTS_SWAPPED', 'holds headers, not a body'],
])('%j: %s', async (options, code, message) => {
  const paths = Object.entries(options).map(([name, value]) => [
    name,
    typeof value === 'string' && value !== '-' ? at(value) : value,
  ]);
  await expect(readDelivery(Object.fromEntries(paths))).rejects.toMatchObject({
    code,
    exitCode: 2,
    message: expect.stringContaining(message),
  });
});
