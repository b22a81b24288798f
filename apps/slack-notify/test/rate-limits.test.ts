import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebClient } from '@slack/web-api';
import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import { toMessage } from '../src/message.ts';
import { SlackChannel } from '../src/slack.ts';
import { ok, type Script, type ScriptedSlack, startScriptedSlack, tooMany } from './scripted-slack.ts';
import { contextOf, envFor } from './slack-context.ts';

let slack: ScriptedSlack;
let channel: SlackChannel;
let script: Script;
let given: AbortController;
let clientCalls: MockInstance<WebClient['apiCall']>;
beforeEach(async () => {
  clientCalls = vi.spyOn(WebClient.prototype, 'apiCall');
  slack = await startScriptedSlack((...call) => script(...call));
  channel = new SlackChannel(envFor(slack));
  given = new AbortController();
});
afterEach(async () => {
  clientCalls.mockRestore();
  await slack.close();
});

const message = toMessage({ title: 'New lead', name: 'Ada', facts: {}, link: undefined });
const post = (more: Parameters<typeof contextOf>[0] = {}) =>
  channel.postOnce(message, contextOf({ signal: given.signal, ...more }));
/** How a run ends, once it is given back. */
const givenBack = async (...runs: readonly Promise<void>[]): Promise<void> => {
  given.abort(new Error('given back'));
  for (const run of runs) await expect(run).rejects.toMatchObject({ name: 'AbortError' });
};
const callsOf = (method: string) => slack.calls.filter((call) => call.method === method);
const posts = () => callsOf('chat.postMessage');
/** Wait until so many calls have their answer here, and not only there. */
const heard = (count: number): Promise<void> =>
  expect.poll(() => clientCalls.mock.settledResults.filter(({ type }) => type !== 'incomplete')).toHaveLength(count);

it('holds everybody back until the time is over, and fails nobody', async () => {
  const refusedAtMs: number[] = [];
  const first: ServerResponse[] = [];
  script = (_call, index, response) => {
    if (index >= 3) return ok(response);
    // The first three are all on their way before one of them is refused.
    first.push(response);
    if (index < 2) return;
    for (const each of first) tooMany(each, '1');
    refusedAtMs.push(performance.now());
  };
  const runs = [post(), post(), post()];
  await heard(3);
  await Promise.all([...runs, post(), post()]);
  expect(posts()).toHaveLength(8);
  // Timers of Node round to milliseconds.
  for (const { atMs } of posts().slice(3)) expect(atMs).toBeGreaterThanOrEqual((refusedAtMs[0] ?? 0) + 998);
});

it('takes the longest of several times, also if the shorter comes last', async () => {
  const answers: ServerResponse[] = [];
  script = (_call, index, response) => (index < 2 ? answers.push(response) : ok(response));
  const runs = [post(), post()];
  await expect.poll(() => answers).toHaveLength(2);
  tooMany(answers[0] as ServerResponse, '30');
  await heard(1);
  tooMany(answers[1] as ServerResponse, '1');
  await sleep(1_300);
  expect(posts()).toHaveLength(2);
  await givenBack(...runs);
});

it('is no failure and no reason to hurry, whatever Retry-After says', async () => {
  const warnings: Error[] = [];
  const onWarning = (warning: Error) => warnings.push(warning);
  process.on('warning', onWarning);
  const tryOne = async (retryAfter: string | undefined): Promise<void> => {
    const other = await startScriptedSlack((_call, _index, response) => tooMany(response, retryAfter));
    const own = new AbortController();
    const run = new SlackChannel(envFor(other)).postOnce(message, contextOf({ signal: own.signal }));
    await expect.poll(() => other.calls).toHaveLength(1);
    await sleep(800);
    own.abort();
    await expect(run, `with ${retryAfter}`).rejects.toMatchObject({ name: 'AbortError' });
    expect(other.calls, `with ${retryAfter}`).toHaveLength(1);
    await other.close();
  };
  await Promise.all(['0', '-5', 'Wed, 21 Oct 2026 07:28:00 GMT', undefined, '99999999999'].map(tryOne));
  process.off('warning', onWarning);
  // Such as that of a timer that is too long, and fires at once.
  expect(warnings).toEqual([]);
});

it('of looks does not hold back posts, and holds back looks', async () => {
  script = ({ method }, _index, response) =>
    method === 'conversations.history' ? tooMany(response, '30') : ok(response);
  const runs = [post({ attempt: 2 })];
  await heard(1);
  runs.push(post({ attempt: 2 }));
  await post();
  expect(posts()).toHaveLength(1);
  expect(callsOf('conversations.history')).toHaveLength(1);
  await givenBack(...runs);
});

describe('stop', () => {
  it('waits for all calls under way, not only for the last', async () => {
    const answers: ServerResponse[] = [];
    script = (_call, index, response) => (index === 0 ? answers.push(response) : ok(response));
    const slow = post();
    await expect.poll(() => answers).toHaveLength(1);
    await post();
    let hasStopped = false;
    const stopped = channel.stop().then(() => (hasStopped = true));
    await sleep(200);
    expect(hasStopped).toBe(false);
    ok(answers[0] as ServerResponse);
    await Promise.all([slow, stopped]);
  });

  it('is not undone by a 429 to a call under way', async () => {
    const answers: ServerResponse[] = [];
    script = (_call, index, response) => (index === 0 ? answers.push(response) : ok(response));
    const run = post();
    await expect.poll(() => answers).toHaveLength(1);
    const stopped = channel.stop();
    tooMany(answers[0] as ServerResponse, '1');
    await stopped;
    await sleep(1_300);
    expect(posts()).toHaveLength(1);
    await givenBack(run);
  });
});

it('calls nothing for a run that was given back', async () => {
  script = (_call, _index, response) => ok(response);
  given.abort(new Error('given back'));
  await expect(post()).rejects.toThrow('given back');
  await expect(post({ attempt: 2 })).rejects.toThrow('given back');
  expect(slack.calls).toEqual([]);
});
