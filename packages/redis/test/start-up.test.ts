import { describeWith, findProgram, type StartRedisOptions, startRedis } from '@twenty-webhooks/services';
import { Redis } from 'ioredis';
import { expect, it, vi } from 'vitest';
import { redisInbox } from '../src/index.ts';
import { openReceiver } from './opened-receiver.ts';

const durable = { appendonly: 'yes', 'maxmemory-policy': 'noeviction' };

/** What the inbox says of a Redis at its start, to its logger and to `ready`; nothing may be on the console. */
async function firstWords(options: StartRedisOptions, userOf = (url: string): string => url) {
  const redis = await startRedis(options);
  const onConsole = ['log', 'warn', 'error', 'info'] as const;
  const spies = onConsole.map((name) => vi.spyOn(console, name).mockImplementation(() => {}));
  try {
    const { inbox, receiver, logLines, deliver, ended } = openReceiver({ connection: userOf(redis.url) });
    const failure = await inbox.ready().then(
      () => undefined,
      ({ code, message }: { readonly code: string; readonly message: string }) => `${code}: ${message}`,
    );
    const delivered = await deliver();
    if (failure === undefined) await vi.waitFor(() => expect(ended.length).toBe(1), 10_000);
    await receiver.close({ graceMs: 100 });
    expect(spies.flatMap((spy) => spy.mock.calls)).toEqual([]);
    return { failure, logLines, delivered };
  } finally {
    for (const spy of spies) spy.mockRestore();
    await redis.close();
  }
}

vi.setConfig({ testTimeout: 60_000 });

describeWith(findProgram('redis-server'), 'redisInbox at its start', () => {
  it('says nothing about a Redis that keeps what it has acknowledged', async () => {
    expect(await firstWords({ settings: durable })).toMatchObject({ failure: undefined, logLines: [] });
  });

  it('warns once of a Redis without its append-only file', async () => {
    const { logLines } = await firstWords({ settings: { ...durable, appendonly: 'no' } });
    expect(logLines).toEqual([expect.stringMatching(/append-only file.*lost.*appendonly yes/)]);
  });

  it('warns once of a Redis that throws jobs away when its memory is full', async () => {
    const { logLines } = await firstWords({ settings: { ...durable, 'maxmemory-policy': 'volatile-lru' } });
    expect(logLines).toEqual([expect.stringMatching(/volatile-lru.*throws jobs away.*maxmemory-policy noeviction/)]);
  });

  it('warns also where CONFIG is forbidden, to the user that the README names', async () => {
    const users = ['app on >app ~bull:* &* +@all -@dangerous +info'];
    const { failure, logLines } = await firstWords({ settings: {}, users }, (url) => url.replace('//', '//app:app@'));
    expect(failure).toBeUndefined();
    expect(logLines.length).toBe(1);
  });

  const refusals: readonly [what: string, options: StartRedisOptions, user: string, why: RegExp][] = [
    [
      'a wrong password',
      { settings: { requirepass: 'right' } },
      ':wrong-canary@',
      /^INBOX_INVALID: .*password.*Correct/,
    ],
    ['a missing password', { settings: { requirepass: 'right' } }, '', /^INBOX_INVALID: .*wants a password.*Put it/],
    [
      'a user without scripts',
      { users: ['app on >app ~* &* +@all -@scripting'] },
      'app:app@',
      /^INBOX_INVALID: .*may not do.*ACL SETUSER/,
    ],
    ['a user without our keys', { users: ['app on >app ~x &* +@all'] }, 'app:app@', /^INBOX_INVALID: .*ACL SETUSER/],
  ];
  it.each(refusals)('refuses with %s, and names the remedy', async (_what, options, user, why) => {
    const { failure, delivered, logLines } = await firstWords(options, (url) => url.replace(/\/\/(.*@)?/, `//${user}`));
    expect(failure).toMatch(why);
    expect(delivered.status).toBe('failed');
    // What does not get better is not waited for.
    expect(delivered.tookMs).toBeLessThan(500);
    expect(logLines.length).toBe(1);
    expect(`${failure}${logLines}`).not.toMatch(/canary/);
  });

  it('refuses with a database that does not exist, instead of taking another one', async () => {
    const { failure, delivered } = await firstWords({ settings: durable }, (url) => `${url}/99`);
    expect(failure).toMatch(/^INBOX_INVALID: .*no database/);
    expect(delivered.status).toBe('failed');
  });

  it('works as soon as what was wrong is mended', async () => {
    const redis = await startRedis({ settings: durable, users: ['app on >app ~x &* +@all'] });
    const { inbox, receiver, deliver } = openReceiver({ connection: redis.url.replace('//', '//app:app@') });
    await expect(inbox.ready()).rejects.toMatchObject({ code: 'INBOX_INVALID' });
    const admin = new Redis(redis.url);
    await admin.call('ACL', 'SETUSER', 'app', '~*');
    admin.disconnect();
    await vi.waitFor(() => inbox.ready(), { timeout: 10_000 });
    expect(await deliver()).toMatchObject({ status: 'accepted' });
    await receiver.close();
    await redis.close();
  });

  it('copies a client that it is given, and leaves it alone', async () => {
    const redis = await startRedis({ settings: { ...durable, requirepass: 'right' } });
    const given = new Redis(redis.url, { stringNumbers: true, commandTimeout: 1_000 });
    const { inbox, receiver, deliver, runs } = openReceiver({ connection: given });
    await inbox.ready();
    const { id } = await deliver();
    await vi.waitFor(() => expect(runs).toEqual([id]), 10_000);
    await receiver.close();
    expect(await given.ping()).toBe('PONG');
    expect(given.listenerCount('error')).toBe(0);
    given.disconnect();
    await redis.close();
  });

  it('takes a URL with what some hosts put into it', async () => {
    const redis = await startRedis();
    const inbox = redisInbox({ connection: `${redis.url}/1?family=4`, logger: { warn() {}, error() {} } });
    await inbox.ready();
    await inbox.close();
    await redis.close();
  });

  it('refuses options that cannot be right', () => {
    const wrong: readonly object[] = [
      {},
      { connection: 'localhost' },
      { connection: { keyPrefix: 'x' } },
      { connection: 'redis://127.0.0.1/0?maxRetriesPerRequest=3' },
      { connection: 'redis://127.0.0.1', queue: 'a:b' },
      { connection: 'redis://127.0.0.1', leaseMs: 10 },
      { connection: 'redis://127.0.0.1', retention: 10 },
    ];
    for (const options of wrong) {
      expect(() => redisInbox(options as never)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
    }
  });
});
