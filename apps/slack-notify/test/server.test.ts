import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sqliteInbox } from '@twenty-webhooks/sqlite';
import { sampleEvent, signDelivery } from '@twenty-webhooks/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type SlackStandIn, startSlackStandIn } from '../dev/slack-stand-in.ts';
import { ok, startScriptedSlack, tooMany } from './scripted-slack.ts';

// Each test starts processes, some of them three.
vi.setConfig({ testTimeout: 90_000 });

const secret = 'sample';
let folder: string;
let slack: SlackStandIn;
let child: ChildProcess | undefined;
let output = '';
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slack-notify-'));
  slack = await startSlackStandIn();
});
afterEach(async () => {
  if (child?.exitCode === null && child.signalCode === null) await stop('SIGKILL');
  await slack.close();
  rmSync(folder, { recursive: true });
});

/** Start the app as its `start` script does; gives its URL for Twenty. */
async function start(env: Readonly<Record<string, string>> = {}, flags: readonly string[] = []): Promise<string> {
  const script = fileURLToPath(new URL('../src/server.ts', import.meta.url));
  const { token: SLACK_TOKEN, channel: SLACK_CHANNEL, apiUrl: SLACK_API_URL } = slack;
  const common = { TWENTY_WEBHOOK_SECRET: secret, SLACK_TOKEN, SLACK_CHANNEL, SLACK_API_URL, PORT: '0' };
  output = '';
  child = spawn(process.execPath, [...flags, script], { cwd: folder, env: { ...common, ...env }, stdio: 'pipe' });
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => (output += text));
  const ended = once(child, 'close').then(() => Promise.reject(new Error(output)));
  ended.catch(() => {});
  const urlLine = /Twenty's webhook URL: (http:\/\/localhost:\d+\/webhooks\/twenty)\n/;
  return Promise.race([vi.waitFor(() => urlLine.exec(output)?.[1] ?? Promise.reject(), 60_000), ended]);
}

async function stop(signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL' = 'SIGTERM'): Promise<number | null> {
  child?.kill(signal);
  const [code] = await once(child as ChildProcess, 'exit');
  return code;
}

const newDelivery = () => signDelivery(sampleEvent('person.created'), { secret });
const post = async (url: string, delivery = newDelivery()): Promise<unknown> =>
  (await fetch(url, { method: 'POST', ...delivery })).json();
const jobs = async (url: string): Promise<unknown> => (await fetch(new URL('/jobs', url))).json();
const untilJobs = (url: string, counts: object) =>
  vi.waitFor(async () => expect(await jobs(url)).toMatchObject(counts), { timeout: 30_000, interval: 50 });
const looks = () => slack.calls['conversations.history'] ?? 0;

describe('the app', () => {
  it('posts once what comes twice, also over a restart, and ends with SIGTERM and SIGINT', async () => {
    const delivery = newDelivery();
    let url = await start();
    expect(await post(url, delivery)).toMatchObject({ status: 'accepted' });
    expect(await post(url, delivery)).toMatchObject({ status: 'duplicate' });
    await untilJobs(url, { done: 1 });
    expect(await stop('SIGTERM')).toBe(0);

    url = await start();
    expect(await post(url, delivery)).toMatchObject({ status: 'duplicate' });
    expect(await stop('SIGINT')).toBe(0);
    expect(slack.messages.map(({ text }) => text)).toEqual([expect.stringMatching(/^New lead: ./)]);
    expect(looks()).toBe(0);
  });

  it('tells a deal when its stage becomes a won one, and not when another field of it changes', async () => {
    const url = await start();
    const won = { record: { stage: 'CUSTOMER' } };
    const send = (updatedFields: readonly string[]) =>
      post(url, signDelivery(sampleEvent('opportunity.updated', { overrides: { ...won, updatedFields } }), { secret }));
    expect(await send(['name'])).toMatchObject({ status: 'ignored' });
    expect(await send(['stage'])).toMatchObject({ status: 'accepted' });
    const created = sampleEvent('opportunity.created', { overrides: won });
    expect(await post(url, signDelivery(created, { secret }))).toMatchObject({ status: 'accepted' });
    await untilJobs(url, { done: 2 });
    expect(slack.messages.map(({ text }) => text.slice(0, 5))).toEqual(['Won: ', 'Won: ']);
  });

  it('that is killed between the post and its answer finds the message, and does not repeat it', async () => {
    slack.setFaults({ slowMs: 3_000 });
    let url = await start();
    await post(url);
    await vi.waitFor(() => expect(slack.messages).toHaveLength(1), 20_000);
    await stop('SIGKILL');
    slack.setFaults({});
    url = await start();
    await untilJobs(url, { done: 1, running: 0, waiting: 0 });
    expect(slack.messages).toHaveLength(1);
    expect(looks()).toBe(1);
  });

  it('that is stopped ends the call under way, gives back at once what waits for the rate limit, and posts that later', async () => {
    slack.setFaults({ rateLimit: 0.02 });
    let url = await start();
    for (let count = 0; count < 3; count++) await post(url);
    await vi.waitFor(() => expect(slack.calls['chat.postMessage']).toBeGreaterThanOrEqual(2), 20_000);
    const stopMs = performance.now();
    expect(await stop()).toBe(0);
    // Slack would have it wait for 50 s.
    expect(performance.now() - stopMs).toBeLessThan(10_000);

    slack.setFaults({ slowMs: 700 });
    url = await start();
    await vi.waitFor(() => expect(slack.messages.length).toBeGreaterThanOrEqual(2), 20_000);
    expect(await stop()).toBe(0);
    slack.setFaults({});
    url = await start();
    await untilJobs(url, { done: 3 });
    expect(slack.messages).toHaveLength(3);
    expect(await stop()).toBe(0);
    // None of these runs had failed.
    const inbox = sqliteInbox(join(folder, 'inbox.sqlite'));
    expect((await inbox.inspection.list({ state: 'done' })).map(({ attempt }) => attempt)).toEqual([1, 1, 1]);
    await inbox.close();
  });

  it('ends with SIGTERM though somebody is connected and says nothing, or half a request', async () => {
    const url = await start();
    const sockets = ['', 'GET /jobs HTTP/1.1\r\nhost: x\r\n'].map((text) => {
      const socket = connect(Number(new URL(url).port), 'localhost', () => socket.write(text));
      return socket.on('error', () => {});
    });
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    // It has taken these connections: they came before this one.
    await jobs(url);
    const stopMs = performance.now();
    expect(await stop()).toBe(0);
    // No sooner, either: a delivery may be on its way.
    expect(performance.now() - stopMs).toBeGreaterThan(2_900);
    for (const socket of sockets) socket.destroy();
  });

  it('waits for a rate limit beyond the time that others have for a run, and counts no attempt', async () => {
    // Timers of ten seconds and more are a thousand times shorter: 15 minutes are a second.
    const hurry = `const timer = setTimeout; globalThis.setTimeout = (run, ms, ...more) => timer(run, ms < 1e4 ? ms : ms / 1e3, ...more)`;
    const scripted = await startScriptedSlack((_call, index, response) =>
      index === 0 ? tooMany(response, '3') : ok(response),
    );
    const url = await start({ SLACK_API_URL: scripted.apiUrl }, ['--import', `data:text/javascript,${hurry}`]);
    await post(url);
    await untilJobs(url, { done: 1 });
    expect(scripted.calls.map(({ method }) => method)).toEqual(['chat.postMessage', 'chat.postMessage']);
    expect(output).not.toContain('failed');
    await scripted.close();
  });

  it("with a wrong token receives all the same, and ends the job with Slack's error", async () => {
    const url = await start({ SLACK_TOKEN: 'xoxb-wrong' });
    expect(await post(url)).toMatchObject({ status: 'accepted' });
    await untilJobs(url, { dead: 1 });
    expect(output).toContain('Slack refused: invalid_auth');
    expect(output).not.toContain('xoxb-wrong');
  });

  it('says at start all that is missing', async () => {
    const empty = { TWENTY_WEBHOOK_SECRET: '', SLACK_TOKEN: '', SLACK_CHANNEL: '' };
    await expect(start(empty)).rejects.toThrow(/TWENTY_WEBHOOK_SECRET[\s\S]*SLACK_TOKEN[\s\S]*SLACK_CHANNEL/);
  });
});
