import { expect, test } from 'vitest';
import { createAnswerReader } from './answer-reader.ts';

const answers = [
  'HTTP/1.1 100 Continue\r\n\r\n',
  'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}',
  'HTTP/1.1 401 Unauthorized\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n',
  'HTTP/1.1 405 Method Not Allowed\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
  'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n',
];

test('answers are found in any pieces, and none before it is whole', () => {
  const bytes = Buffer.from(answers.join(''));
  for (let size = 1; size <= bytes.length; size++) {
    const reader = createAnswerReader();
    const statuses: number[] = [];
    for (let from = 0; from < bytes.length; from += size) {
      statuses.push(...reader.take(bytes.subarray(from, from + size)).map(({ status }) => status));
      if (from + size < bytes.length) expect(statuses.length).toBeLessThan(answers.length);
    }
    expect(statuses).toEqual([100, 200, 401, 405, 400]);
  }
});

test('what is no answer is an error', () => {
  expect(() => createAnswerReader().take(Buffer.from('SMTP 220 hello\r\n\r\n'))).toThrow('no answer of HTTP');
});
