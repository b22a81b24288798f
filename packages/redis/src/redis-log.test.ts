import { expect, it } from 'vitest';
import { toRedisError } from './redis-errors.ts';
import { createRedisLog } from './redis-log.ts';

it('writes one line per kind and minute, whatever an outage looks like', () => {
  let nowMs = 0;
  const lines: string[] = [];
  const log = createRedisLog(
    () => ({ warn() {}, error: (line) => void lines.push(line) }),
    () => nowMs,
  );
  for (; nowMs < 59_000; nowMs += 300) {
    log(new Error('connect ECONNREFUSED 127.0.0.1:6379'));
    log(new Error('Connection is closed.'));
    log(new Error('read ECONNRESET'));
  }
  log(new Error('NOPERM this user has no permissions'));
  expect(lines).toEqual([
    expect.stringMatching(/^\[twenty-webhooks\] INBOX_UNAVAILABLE: Nothing listens there/),
    expect.stringMatching(/^\[twenty-webhooks\] INBOX_INVALID: /),
  ]);
  nowMs = 60_000;
  log(new Error('Connection is closed.'));
  expect(lines.length).toBe(3);
});

it('keeps of an error neither the command nor its arguments', () => {
  const command = { name: 'hello', args: ['3', 'AUTH', 'default', 'canary'] };
  const thrown = Object.assign(new Error('WRONGPASS invalid username-password pair'), { command });
  const error = toRedisError(thrown);
  expect(error.code).toBe('INBOX_INVALID');
  expect(Object.keys(error.cause as object)).not.toContain('command');
  expect(JSON.stringify([error, error.cause])).not.toContain('canary');
});
