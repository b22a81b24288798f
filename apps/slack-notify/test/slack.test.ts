import { inspect } from 'node:util';
import { isWebhookError } from '@twenty-webhooks/express';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type SlackStandIn, startSlackStandIn } from '../dev/slack-stand-in.ts';
import { toMessage } from '../src/message.ts';
import { SlackChannel } from '../src/slack.ts';
import { ok, startScriptedSlack } from './scripted-slack.ts';
import { contextOf, envFor } from './slack-context.ts';

let slack: SlackStandIn;
let channel: SlackChannel;
beforeEach(async () => {
  slack = await startSlackStandIn({ random: () => 0 });
  channel = new SlackChannel(envFor(slack));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await slack.close();
});

const message = toMessage({ title: 'New lead', name: 'Ada', facts: {}, link: '<https://crm.example|Open>' });
const posts = () => slack.calls['chat.postMessage'] ?? 0;
const looks = () => slack.calls['conversations.history'] ?? 0;

describe('a post whose answer was lost', () => {
  it('is found by the next run, which posts nothing', async () => {
    const context = contextOf();
    slack.setFaults({ lostAnswers: 1 });
    await expect(channel.postOnce(message, context)).rejects.toThrow();
    slack.setFaults({});
    await channel.postOnce(message, { ...context, attempt: 2 });
    expect(slack.messages).toHaveLength(1);
    expect(posts()).toBe(1);
  });

  it('is found among many messages of others', async () => {
    const context = contextOf();
    await channel.postOnce(message, context);
    for (let index = 0; index < 1_000; index++) await channel.postOnce(message, contextOf());
    await channel.postOnce(message, { ...context, attempt: 3 });
    expect(looks()).toBe(2);
    expect(slack.messages).toHaveLength(1_001);
  }, 90_000);

  it('is found by a dead job that is retried soon, whose attempts begin again', async () => {
    const delivery = { ...contextOf().delivery, receivedAtMs: Date.now() - 11_000 };
    const context = contextOf({ delivery });
    await channel.postOnce(message, context);
    await channel.postOnce(message, context);
    expect(slack.messages).toHaveLength(1);
  });

  it('is not mistaken for that of another event', async () => {
    await channel.postOnce(message, contextOf());
    await channel.postOnce(message, contextOf({ attempt: 2 }));
    expect(slack.messages).toHaveLength(2);
  });

  it('is looked for from five minutes before the delivery on, whatever Slack says the time is', async () => {
    const context = contextOf();
    await channel.postOnce(message, context);
    const arrived = (secondsLater: number) => ({
      ...context.delivery,
      receivedAtMs: Date.now() + secondsLater * 1_000,
    });
    await channel.postOnce(message, { ...context, attempt: 2, delivery: arrived(290) });
    expect(slack.messages).toHaveLength(1);
    await channel.postOnce(message, { ...context, attempt: 2, delivery: arrived(310) });
    expect(slack.messages).toHaveLength(2);
  });

  it('is posted again if the app may not read the channel, with a warning', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    slack.setFaults({ refuse: { 'conversations.history': 'missing_scope' } });
    await channel.postOnce(message, contextOf({ attempt: 2 }));
    expect(slack.messages).toHaveLength(1);
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('missing_scope'));
  });

  it('is not posted blindly while Slack cannot be asked', async () => {
    slack.setFaults({ down: true });
    await expect(channel.postOnce(message, contextOf({ attempt: 2 }))).rejects.toThrow();
    expect(posts()).toBe(0);
  });

  it('is not looked for by a first run', async () => {
    await channel.postOnce(message, contextOf());
    expect(looks()).toBe(0);
  });
});

it('shows no previews of what a message links', async () => {
  const scripted = await startScriptedSlack((_call, _index, response) => ok(response));
  await new SlackChannel(envFor(scripted)).postOnce(message, contextOf());
  expect(scripted.calls[0]?.fields).toMatchObject({ unfurl_links: 'false', unfurl_media: 'false' });
  await scripted.close();
});

describe('a rate limit', () => {
  it('as an error with status 200 is no failure', async () => {
    slack.setFaults({ refuse: { 'chat.postMessage': 'ratelimited' } });
    const aborted = new AbortController();
    const post = channel.postOnce(message, contextOf({ signal: aborted.signal }));
    await expect.poll(posts).toBe(1);
    // For its answer to come.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const late = channel.postOnce(message, contextOf({ signal: aborted.signal }));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(posts()).toBe(1);
    aborted.abort(new Error('given back'));
    for (const run of [post, late]) await expect(run).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('stop', () => {
  it('waits for the call under way, and lets none begin', async () => {
    slack.setFaults({ slowMs: 300 });
    const underWay = channel.postOnce(message, contextOf());
    await expect.poll(() => slack.messages).toHaveLength(1);
    let hasEnded = false;
    void underWay.then(() => (hasEnded = true));
    const stopped = channel.stop();
    const aborted = new AbortController();
    const late = [1, 2].map((attempt) => channel.postOnce(message, contextOf({ signal: aborted.signal, attempt })));
    await stopped;
    await Promise.resolve();
    expect(hasEnded).toBe(true);
    aborted.abort();
    for (const run of late) await expect(run).rejects.toMatchObject({ name: 'AbortError' });
    expect([posts(), looks()]).toEqual([1, 0]);
  });
});

describe('an error', () => {
  it.each(['is_archived', 'not_in_channel', 'missing_scope', 'invalid_blocks', 'some_new_error'])(
    'that will not pass ends the job: %s',
    async (error) => {
      slack.setFaults({ refuse: { 'chat.postMessage': error } });
      const failure = await channel.postOnce(message, contextOf()).catch((cause) => cause);
      expect(isWebhookError(failure) && failure.code).toBe('NON_RETRYABLE');
      expect(failure.message).toContain(error);
    },
  );

  it('of a wrong token or channel says what to look at', async () => {
    const wrongToken = new SlackChannel(envFor(slack, { SLACK_TOKEN: 'xoxb-wrong' }));
    await expect(wrongToken.postOnce(message, contextOf())).rejects.toThrow(/invalid_auth.*SLACK_TOKEN/);
    const wrongChannel = new SlackChannel(envFor(slack, { SLACK_CHANNEL: 'C0000000000' }));
    await expect(wrongChannel.postOnce(message, contextOf())).rejects.toThrow(/channel_not_found.*SLACK_CHANNEL/);
  });

  it.each(['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout', '<html>Bad Gateway</html>'])(
    'that passes is left to the next run: %s',
    async (error) => {
      slack.setFaults({ refuse: { 'chat.postMessage': error } });
      const failure = await channel.postOnce(message, contextOf()).catch((cause) => cause);
      expect(failure).toBeInstanceOf(Error);
      expect(isWebhookError(failure)).toBe(false);
    },
  );

  it.each(['ok', 'Maintenance', 'null', '{}', '{"ok":false}', '{"ok":false,"error":"toolate"}', ''])(
    'that is no code of Slack is left to the next run: %j',
    async (body) => {
      const scripted = await startScriptedSlack((_call, _index, response) => response.end(body));
      const failure = await new SlackChannel(envFor(scripted)).postOnce(message, contextOf()).catch((cause) => cause);
      expect(failure).toBeInstanceOf(Error);
      expect(isWebhookError(failure)).toBe(false);
      await scripted.close();
    },
  );

  it.each([200, 502])('with a long page of a proxy is a short one, with status %i', async (status) => {
    const page = `<html>${'x'.repeat(300_000)}</html>`;
    const scripted = await startScriptedSlack((_call, _index, response) => response.writeHead(status).end(page));
    const failure = await new SlackChannel(envFor(scripted)).postOnce(message, contextOf()).catch((cause) => cause);
    expect(isWebhookError(failure)).toBe(false);
    // As the log shows it.
    expect(inspect(failure).length).toBeLessThan(2_000);
    expect(failure.message).toContain(status === 200 ? '<html>' : '502');
    await scripted.close();
  });

  it('of the network says its cause', async () => {
    slack.setFaults({ down: true });
    const failure = await channel.postOnce(message, contextOf()).catch((cause) => cause);
    expect(inspect(failure)).toContain('other side closed');
  });

  it.each([{ failing: 1 }, { down: true }])(
    'of the network or of the server is left to the next run: %o',
    async (faults) => {
      slack.setFaults(faults);
      const failure = await channel.postOnce(message, contextOf()).catch((cause) => cause);
      expect(failure).toBeInstanceOf(Error);
      expect(isWebhookError(failure)).toBe(false);
      expect(slack.messages).toEqual([]);
    },
  );

  it('is what becomes of a call that hangs, before a stop gives up waiting', async () => {
    slack.setFaults({ slowMs: 60_000 });
    let tookMs = Number.POSITIVE_INFINITY;
    // The time between the two limits is short: a machine that is busy once gets another try.
    for (let left = 3; left > 0 && tookMs >= 5_000; left--) {
      const startMs = performance.now();
      await expect(channel.postOnce(message, contextOf())).rejects.toThrow();
      tookMs = performance.now() - startMs;
    }
    expect(tookMs).toBeLessThan(5_000);
  }, 60_000);
});
