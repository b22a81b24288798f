import { createReceiver } from '@twenty-webhooks/core';
import { toNodeHandler } from '@twenty-webhooks/core/node';
import { describeWith, findProgram } from '@twenty-webhooks/services';
import { sampleEvent, signDelivery, startTestServer, startTwentySimulator } from '@twenty-webhooks/testing';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { runCli } from './run-cli.ts';
import { startInTmux, type TmuxTerminal } from './tmux.ts';

const secret = 'only for tests';
const colourStart = '\x1b[';

// A terminal and a process each, on a machine that may have much else to do.
vi.setConfig({ testTimeout: 90_000 });

/** @param held it answers only after this */
async function startReceiver(held?: Promise<void>): Promise<string> {
  const receiver = createReceiver({ secret, on: { '*': () => {} }, logger: { warn() {}, error() {} } });
  const handle = toNodeHandler(receiver);
  const server = await startTestServer(async (request, response) => {
    await held;
    handle(request, response);
  });
  onTestFinished(() => server.close());
  return `${server.origin}/webhooks/twenty`;
}

const shows = (terminal: TmuxTerminal, text: string | RegExp): Promise<unknown> =>
  expect
    .poll(async () => (await terminal.screen()).join('\n'), { timeout: 30_000 })
    .toEqual(typeof text === 'string' ? expect.stringContaining(text) : expect.stringMatching(text));

describeWith(findProgram('tmux'), 'in a terminal', (tmux) => {
  it('has colours, and none if NO_COLOR is set', async () => {
    const url = await startReceiver();
    const args = ['send', 'person.created', '--to', url];
    const coloured = await startInTmux(tmux, args, { env: { TWENTY_WEBHOOK_SECRET: secret } });
    await shows(coloured, 'ended with 0');
    expect(await coloured.styledScreen()).toContain(colourStart);
    const plain = await startInTmux(tmux, args, { env: { TWENTY_WEBHOOK_SECRET: secret, NO_COLOR: '1' } });
    await shows(plain, 'ended with 0');
    expect(await plain.styledScreen()).not.toContain(colourStart);
  });

  it('asks for the secret, and shows nothing of it', async () => {
    const terminal = await startInTmux(tmux, ['send', 'person.created', '--to', await startReceiver()]);
    await shows(terminal, 'Secret of the webhook');
    await terminal.press(secret);
    await terminal.press('Enter');
    await shows(terminal, 'ended with 0');
    expect((await terminal.screen()).join('\n')).not.toContain(secret);
  });

  it.each([
    ['Ctrl-C', 'C-c', 130],
    ['the end of the input', 'C-d', 2],
  ])('ends at %s while it asks', async (_, key, code) => {
    const terminal = await startInTmux(tmux, ['send', 'person.created', '--to', 'http://127.0.0.1:1/']);
    await shows(terminal, 'Secret of the webhook');
    await terminal.press(key);
    await shows(terminal, `ended with ${code}`);
    expect((await terminal.screen()).join('\n')).toContain('Cancelled');
  });

  it('asks nobody where standard input is the body', async () => {
    const terminal = await startInTmux(tmux, ['send', '--file', '-', '--to', 'http://127.0.0.1:1/']);
    await shows(terminal, 'ended with 2');
    expect((await terminal.screen()).join('\n')).toContain('No secret');
  });

  it('says what is going on after two seconds, in a line that goes away', async () => {
    let answer = (): void => {};
    const held = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const startedAtMs = performance.now();
    const terminal = await startInTmux(tmux, ['send', 'person.created', '--to', await startReceiver(held)], {
      env: { TWENTY_WEBHOOK_SECRET: secret },
    });
    await expect
      .poll(async () => (await terminal.screen()).join(''), { timeout: 25_000, interval: 50 })
      .toMatch(/sen[dt]|wait/i);
    expect((await terminal.screen()).join('\n')).not.toContain('ended with');
    const progress = (await terminal.screen())[0] ?? '';
    answer();
    await shows(terminal, /ended with \d/);
    // With 1 only if all of that took longer than Twenty waits.
    const isLate = performance.now() - startedAtMs > 5_000;
    expect((await terminal.screen()).join('\n')).toMatch(isLate ? /ended with [01]/ : 'ended with 0');
    expect(await terminal.screen()).not.toContain(progress);
  });

  it('doctor fits into 80 columns', async () => {
    const terminal = await startInTmux(tmux, ['doctor', await startReceiver()], {
      env: { TWENTY_WEBHOOK_SECRET: secret },
      rows: 200,
    });
    await shows(terminal, 'ended with 0');
    const unwrapped = (await terminal.styledScreen()).trimEnd().split('\n').length;
    expect((await terminal.screen()).length).toBe(unwrapped);
  });

  it('listen shows each delivery, as text, until Ctrl-C', async () => {
    const terminal = await startInTmux(tmux, ['listen', '--port', '0'], { env: { TWENTY_WEBHOOK_SECRET: secret } });
    await shows(terminal, /http:\/\/127\.0\.0\.1:\d+\/webhooks\/twenty/);
    const [url = ''] = /http:\/\/127\.0\.0\.1:\d+\/webhooks\/twenty/.exec((await terminal.screen()).join('\n')) ?? [];
    const event = sampleEvent('person.created', {
      overrides: { record: { name: { firstName: '\x1b[2J\x1b]0;gone\x07Ada' } } },
    });
    expect((await fetch(url, { method: 'POST', ...signDelivery(event, { secret }) })).status).toBe(200);
    await shows(terminal, 'person.created');
    expect((await terminal.screen()).join('\n')).toContain(url);
    expect((await terminal.screen()).join('\n')).toContain('Ada');
    await terminal.press('C-c');
    await shows(terminal, 'ended with 0');
  });

  it('unregister asks first, and a no changes nothing', async () => {
    const twenty = await startTwentySimulator({ target: 'https://example.com/webhooks/twenty' });
    onTestFinished(() => twenty.close());
    const terminal = await startInTmux(tmux, ['unregister', '--url', 'https://example.com/webhooks/twenty'], {
      env: { TWENTY_API_URL: twenty.origin, TWENTY_API_KEY: twenty.apiKey },
    });
    await shows(terminal, '[y/N]');
    await terminal.press('n', 'Enter');
    await shows(terminal, /ended with [12]/);
    const headers = { authorization: `Bearer ${twenty.apiKey}` };
    expect(await (await fetch(`${twenty.origin}/rest/webhooks`, { headers })).json()).toHaveLength(1);
  });
});

describe('piped', () => {
  it('has no colours, asks nobody and says what is missing', async () => {
    const { code, out, error } = await runCli(['send', 'person.created', '--to', 'http://127.0.0.1:1/']);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(error).toContain('TWENTY_WEBHOOK_SECRET');
    const sent = await runCli(['send', 'person.created', '--to', await startReceiver()], {
      env: { TWENTY_WEBHOOK_SECRET: secret },
    });
    expect(sent.code).toBe(0);
    expect(sent.out + sent.error).not.toContain('\x1b');
  });
});
