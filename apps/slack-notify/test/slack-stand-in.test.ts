import { once } from 'node:events';
import { get } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SlackStandIn, startSlackStandIn } from '../dev/slack-stand-in.ts';

let slack: SlackStandIn;
beforeEach(async () => {
  slack = await startSlackStandIn({ channels: ['C0A', 'C0B'] });
});
afterEach(() => slack.close());

/** Call a method as Slack's client does: a form, structured members as JSON text. */
async function call(
  method: string,
  fields: Readonly<Record<string, unknown>> = {},
  token: string | undefined = slack.token,
) {
  const texts = Object.entries(fields).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  const response = await fetch(`${slack.apiUrl}${method}`, {
    method: 'POST',
    headers: token === '' ? {} : { authorization: `Bearer ${token}` },
    body: new URLSearchParams(texts),
  });
  const answer = (await response.json()) as Answer;
  return { ...answer, status: response.status, headers: response.headers };
}
/** Members that are read here; each method has some of them. */
interface Answer {
  readonly ts: string;
  readonly messages: readonly { readonly text: string; readonly metadata?: unknown }[];
  readonly response_metadata: { readonly next_cursor: string };
}
const post = (fields: Readonly<Record<string, unknown>>) => call('chat.postMessage', { channel: 'C0A', ...fields });
const history = (fields: Readonly<Record<string, unknown>> = {}) =>
  call('conversations.history', { channel: 'C0A', ...fields });
const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } });

describe('auth.test', () => {
  it('takes the right token only', async () => {
    expect(await call('auth.test')).toMatchObject({ status: 200, ok: true });
    expect(await call('auth.test', {}, '')).toMatchObject({ status: 200, ok: false, error: 'not_authed' });
    expect(await call('auth.test', {}, 'xoxb-1')).toMatchObject({ status: 200, ok: false, error: 'invalid_auth' });
    expect(await call('chat.unknown')).toMatchObject({ ok: false, error: 'unknown_method' });
  });
});

describe('chat.postMessage', () => {
  it('posts, and gives channel, ts and message', async () => {
    const metadata = { event_type: 'e', event_payload: { key: 'k' } };
    const blocks = [section('*hi*')];
    const answer = await post({ text: 'hi & ho', blocks, metadata });
    expect(answer).toMatchObject({ ok: true, channel: 'C0A', message: { type: 'message', text: 'hi & ho', blocks } });
    expect(answer.ts).toMatch(/^\d{10}\.\d{6}$/);
    expect(slack.messages).toEqual([
      { ts: answer.ts, channel: 'C0A', text: 'hi & ho', blocks, metadata, postedAtMs: expect.any(Number) },
    ]);
    expect(slack.calls).toEqual({ 'chat.postMessage': 1 });
  });

  it('takes blocks of other kinds, whose insides it does not know', async () => {
    const blocks = [{ type: 'divider' }, { type: 'actions', elements: [{ type: 'button' }] }];
    expect(await post({ text: 'hi', blocks })).toMatchObject({ ok: true });
  });

  it.each([
    ['channel_not_found', { channel: 'C0C', text: 'hi' }],
    ['no_text', {}],
    ['msg_too_long', { text: 'a'.repeat(40_001) }],
    ['invalid_metadata_format', { text: 'hi', metadata: { key: 'k' } }],
    ['invalid_blocks', { text: 'hi', blocks: 'no JSON' }],
    ['invalid_blocks', { text: 'hi', blocks: [{ type: 'paragraph' }] }],
    ['invalid_blocks', { text: 'hi', blocks: [section('')] }],
    ['invalid_blocks', { text: 'hi', blocks: [section('a'.repeat(3_001))] }],
    ['invalid_blocks', { text: 'hi', blocks: [{ type: 'section', fields: [] }] }],
    [
      'invalid_blocks',
      { text: 'hi', blocks: [{ type: 'header', text: { type: 'plain_text', text: 'a'.repeat(151) } }] },
    ],
    ['invalid_blocks', { text: 'hi', blocks: [{ type: 'header', text: { type: 'mrkdwn', text: 'a' } }] }],
    ['invalid_blocks', { text: 'hi', blocks: Array.from({ length: 51 }, () => section('a')) }],
  ])('answers %s', async (error, fields) => {
    expect(await post(fields)).toMatchObject({ status: 200, ok: false, error });
    expect(slack.messages).toEqual([]);
  });
});

describe('conversations.history', () => {
  it('gives the newest first, of this channel, since `oldest`, page by page', async () => {
    for (const text of ['1', '2', '3', '4', '5']) await post({ text });
    await post({ text: 'elsewhere', channel: 'C0B' });
    const oldest = slack.messages[0]?.ts ?? '';
    const first = await history({ oldest, limit: 3 });
    expect(first).toMatchObject({ has_more: true, messages: [{ text: '5' }, { text: '4' }, { text: '3' }] });
    await post({ text: 'meanwhile' });
    const second = await history({ oldest, limit: 3, cursor: first.response_metadata.next_cursor });
    expect(second).toMatchObject({ has_more: false, response_metadata: { next_cursor: '' } });
    expect(second.messages.map(({ text }) => text)).toEqual(['2']);
  });

  it('has metadata only if it is asked for', async () => {
    const metadata = { event_type: 'e', event_payload: { key: 'k' } };
    await post({ text: 'hi', metadata });
    expect((await history()).messages[0]).not.toHaveProperty('metadata');
    expect((await history({ include_all_metadata: true })).messages[0]).toMatchObject({ metadata });
    expect(await call('conversations.history', { channel: 'C0C' })).toMatchObject({ error: 'channel_not_found' });
  });
});

describe('faults', () => {
  it('rateLimit: 429 with Retry-After, for each channel by itself', async () => {
    slack.setFaults({ rateLimit: 1 });
    expect(await post({ text: '1' })).toMatchObject({ ok: true });
    const tooMany = await post({ text: '2' });
    expect(tooMany).toMatchObject({ status: 429, ok: false, error: 'ratelimited' });
    expect(tooMany.headers.get('retry-after')).toBe('1');
    expect(await post({ text: '3', channel: 'C0B' })).toMatchObject({ ok: true });
    slack.setFaults({ rateLimit: 0.1 });
    expect(Number((await post({ text: '4' })).headers.get('retry-after'))).toBeGreaterThan(5);
  });

  it('failing: nothing is posted; lostAnswers: it is; down: nobody answers', async () => {
    slack.setFaults({ failing: 1 });
    await post({ text: 'failed' }).catch(() => {});
    expect(slack.messages).toHaveLength(0);
    slack.setFaults({ lostAnswers: 1 });
    await expect(post({ text: 'lost' })).rejects.toThrow();
    expect(slack.messages).toHaveLength(1);
    slack.setFaults({ down: true });
    await expect(post({ text: 'down' })).rejects.toThrow('fetch failed');
    slack.setFaults({ refuse: { 'chat.postMessage': 'is_archived' } });
    expect(await post({ text: 'refused' })).toMatchObject({ ok: false, error: 'is_archived' });
    slack.setFaults({});
    expect(await post({ text: 'fine' })).toMatchObject({ ok: true });
    expect(slack.messages.map(({ text }) => text)).toEqual(['lost', 'fine']);
  });
});

it('gives its messages as JSON, and runs no script of others on its page', async () => {
  await post({ text: '<script>' });
  expect(await (await fetch(`${slack.origin}/messages`)).json()).toMatchObject([{ text: '<script>' }]);
  const page = await fetch(slack.origin);
  expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'; script-src 'self'/);
  expect(await page.text()).not.toMatch(/<script(?![^>]* src=)/);
  // `fetch` would tidy these up.
  const { hostname, port } = new URL(slack.origin);
  for (const path of ['/page/../package.json', '//', '//:x', '/%ff', '/constructor']) {
    const request = get({ hostname, port, path });
    const [response] = await once(request, 'response');
    expect(response.resume().statusCode, path).toBe(404);
  }
});
