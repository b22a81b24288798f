import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createReceiver } from '@twenty-webhooks/core';
import { toNodeHandler } from '@twenty-webhooks/core/node';
import { makeTemporaryFolder } from '@twenty-webhooks/services';
import { startTestServer } from '@twenty-webhooks/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createProgram } from '../src/program.ts';
import { version } from '../src/version.ts';
import { runCli } from './run-cli.ts';

// What all commands have in common.

const secret = 'only for tests';
const names = createProgram().commands.flatMap((command) =>
  command.commands.length === 0 ? [[command.name()]] : command.commands.map((child) => [command.name(), child.name()]),
);

test('--version and --help', async () => {
  expect(await runCli(['--version'])).toEqual({ code: 0, out: `${version}\n`, error: '' });
  const { code, out } = await runCli(['--help']);
  expect(code).toBe(0);
  for (const [name = ''] of names) expect(out).toMatch(new RegExp(`^ {2}${name} `, 'm'));
});

describe.each(names)('%s %s', (...given) => {
  const name = given.filter((word) => word !== undefined);

  test('--help has examples and --json', async () => {
    const { code, out } = await runCli([...name, '--help']);
    expect(code).toBe(0);
    expect(out).toContain(`Usage: twenty-webhooks ${name.join(' ')}`);
    expect(out).toMatch(/Examples:\n {2}# .+\n {2}\$ twenty-webhooks /);
    expect(out).toContain('--json');
  });

  test('an unknown flag is refused with 2', async () => {
    const { code, out, error } = await runCli([...name, '--nonsense']);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(error).toMatch(/--nonsense|required option/);
  });
});

test.each([[[]], [['nonsense']], [['failed']]])('%j is refused with 2 and help', async (args) => {
  const { code, out, error } = await runCli(args);
  expect(code).toBe(2);
  expect(out).toBe('');
  expect(error).toContain('help');
});

test('with --json an error is JSON too', async () => {
  const { code, out, error } = await runCli(['send', 'person.created', '--to', 'localhost', '--unsigned', '--json']);
  expect(code).toBe(2);
  expect(JSON.parse(out)).toEqual({ error: { code: 'URL_INVALID', message: expect.stringContaining('localhost') } });
  expect(error).toContain('localhost');
});

test.each([
  [['send', '--nonsense', '--json'], "unknown option '--nonsense'"],
  [['sent', '--json'], "unknown command 'sent'"],
  [['failed', '--json'], 'There is no command'],
  [['doctor', '--json'], "missing required argument 'url'"],
])('with --json a command line that is not understood is told in JSON too: %j', async (args, message) => {
  const { code, out } = await runCli(args);
  expect(code).toBe(2);
  expect(JSON.parse(out)).toEqual({ error: { code: 'USAGE', message: expect.stringContaining(message) } });
});

test('help is a command too', async () => {
  expect(await runCli(['help', 'send'])).toMatchObject({ code: 0, out: expect.stringContaining('--duplicate') });
  expect(await runCli(['help'])).toMatchObject({ code: 0, out: expect.stringMatching(/130 .*Ctrl-C[\s\S]*Examples/) });
});

describe('the secret', () => {
  async function startReceiver(): Promise<string> {
    const receiver = createReceiver({ secret, on: { '*': () => {} }, logger: { warn() {}, error() {} } });
    const server = await startTestServer(toNodeHandler(receiver));
    onTestFinished(() => server.close());
    return server.origin;
  }

  async function writeEnvFile(text: string): Promise<string> {
    const folder = await makeTemporaryFolder();
    onTestFinished(() => folder.remove());
    const file = join(folder.path, '.env');
    await writeFile(file, text);
    return file;
  }

  test('comes from TWENTY_WEBHOOK_SECRET', async () => {
    const { code, out, error } = await runCli(['send', 'person.created', '--to', await startReceiver()], {
      env: { TWENTY_WEBHOOK_SECRET: secret },
    });
    expect(code).toBe(0);
    expect(out + error).not.toContain(secret);
  });

  test('comes from a file, whose variable wins', async () => {
    const file = await writeEnvFile(`OTHER=1\nTWENTY_WEBHOOK_SECRET="${secret}"\n`);
    const args = ['send', 'person.created', '--to', await startReceiver(), '--env-file', file];
    const { code, out, error } = await runCli(args, { env: { TWENTY_WEBHOOK_SECRET: 'another' } });
    expect(code).toBe(0);
    expect(out + error).not.toContain(secret);
  });

  test('comes from a file that begins with a byte order mark', async () => {
    const file = await writeEnvFile(`\ufeffTWENTY_WEBHOOK_SECRET=${secret}\n`);
    const result = await runCli(['send', 'person.created', '--to', await startReceiver(), '-e', file]);
    expect(result).toMatchObject({ code: 0, error: '' });
  });

  test('that the file lacks is taken from TWENTY_WEBHOOK_SECRET, with a warning', async () => {
    const args = ['send', 'person.created', '--to', await startReceiver(), '-e', await writeEnvFile('OTHER=1')];
    const { code, error } = await runCli(args, { env: { TWENTY_WEBHOOK_SECRET: secret } });
    expect(code).toBe(0);
    expect(error).toContain('there is no TWENTY_WEBHOOK_SECRET in');
  });

  test('on the command line is taken with a warning', async () => {
    const args = ['send', 'person.created', '--to', await startReceiver(), '--secret', secret];
    const { code, out, error } = await runCli(args);
    expect(code).toBe(0);
    expect(error).toContain('history');
    expect(out + error).not.toContain(secret);
  });

  test.each([
    [[], {}],
    [[], { TWENTY_WEBHOOK_SECRET: '' }],
    [['--secret', ''], {}],
  ])('is missing: %j %j', async (args, env) => {
    const { code, error } = await runCli(['send', 'person.created', '--to', 'http://127.0.0.1:1/', ...args], { env });
    expect(code).toBe(2);
    expect(error).toContain('TWENTY_WEBHOOK_SECRET');
  });

  // Not --env-file: Node takes that for its own, wherever it stands, and ends if the file is missing (nodejs/node#54232).
  test('a file that cannot be read is named', async () => {
    const folder = await makeTemporaryFolder();
    onTestFinished(() => folder.remove());
    await chmod(folder.path, 0o700);
    const { code, error } = await runCli(['send', 'person.created', '-e', join(folder.path, 'no.env')]);
    expect(code).toBe(2);
    expect(error).toContain('no.env: ENOENT');
  });
});

describe('what cannot be written', () => {
  const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

  /** Run a command whose standard output, or error output, is something else. */
  async function run(
    args: readonly string[],
    { out = 'pipe', error = 'pipe' }: { out?: 'pipe' | number; error?: 'pipe' | number },
  ) {
    const child = spawn(process.execPath, ['--conditions', '@twenty-webhooks/source', main, ...args], {
      stdio: ['ignore', out, error],
    });
    let text = '';
    child.stderr?.on('data', (chunk) => {
      text += chunk;
    });
    child.stdout?.destroy();
    const [code] = await once(child, 'close');
    return { code, error: text };
  }

  function openFull(): number {
    const fd = openSync('/dev/full', 'w');
    onTestFinished(() => closeSync(fd));
    return fd;
  }

  test.each([
    [['--help'], 0],
    [['send', 'person.created', '--unsigned', '--to'], 1],
    [['nonsense', '--json'], 2],
  ])('since nobody reads it any more does not change the exit code: %j', async (args, code) => {
    const server = await startTestServer((request, response) => {
      request.resume();
      response.writeHead(500).end();
    });
    onTestFinished(() => server.close());
    expect(await run(args.at(-1) === '--to' ? [...args, server.origin] : args, {})).toMatchObject({ code });
  });

  test.skipIf(!existsSync('/dev/full'))('since the disk is full is told', async () => {
    expect(await run(['--help'], { out: openFull() })).toEqual({ code: 2, error: 'Cannot write the result: ENOSPC\n' });
    expect(await run(['nonsense'], { error: openFull() })).toMatchObject({ code: 2 });
    expect(await run(['send', 'person'], { error: openFull() })).toMatchObject({ code: 2 });
  });
});
