import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { startRecordingTarget } from './testdata/recording-target.ts';

const command = fileURLToPath(new URL('./command.ts', import.meta.url));

/** The command as a process, on its sources. Ends with the test. */
function start(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { TWENTY_WEBHOOK_SECRET: _, ...inherited } = process.env;
  const child: ChildProcess = spawn(process.execPath, [command, ...args], {
    env: { ...inherited, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const written = { out: '', error: '' };
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    written.out += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    written.error += text;
  });
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal }));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return { child, written, ended };
}

test('a burst is delivered and told line by line; SIGTERM ends it', async () => {
  const target = await startRecordingTarget();
  onTestFinished(target.close);
  const { child, written, ended } = start(
    ['--target', target.url, '--burst', '5', '--duplicate', '1', '--api-key', 'key'],
    {
      TWENTY_WEBHOOK_SECRET: 'from the environment',
    },
  );
  await expect
    .poll(() => written.out.split('\n').filter((line) => / 200 \d+ ms/.test(line)).length, { timeout: 10_000 })
    .toBe(10);
  expect(written.out).toMatch(/^\d\d:\d\d:\d\d\.\d{3} person\.created ".+" 200 \d+ ms$/m);
  expect(written.out).toMatch(/ 200 \d+ ms \(duplicate\)$/m);
  expect(written.out).toContain(`Deliveries: ${target.url}`);
  expect(written.out).not.toContain('from the environment');
  expect(target.arrivals).toHaveLength(10);
  const [, origin] = /^Simulated Twenty at (\S+),/m.exec(written.out) ?? [];
  const response = await fetch(`${origin}/rest/people`, { headers: { authorization: 'Bearer key' } });
  expect(response.status).toBe(200);
  child.kill('SIGTERM');
  expect(await ended).toEqual({ code: 0, signal: null });
  expect(written.error).toBe('');
});

test('--every goes on changing; a secret is made up and shown; SIGINT ends it', async () => {
  const target = await startRecordingTarget();
  onTestFinished(target.close);
  const { child, written, ended } = start(['--target', target.url, '--every', '0.05', '--format', 'envelope']);
  await expect.poll(() => target.arrivals.length, { timeout: 10_000 }).toBeGreaterThan(3);
  expect(target.arrivals[0]?.headers['x-twenty-signature']).toMatch(/^sha256=/);
  expect(written.out).toMatch(/for tests only: [0-9a-f]{64}$/m);
  child.kill('SIGINT');
  expect(await ended).toEqual({ code: 0, signal: null });
});

test('a SIGTERM that comes as soon as it says where it is ends it in order', async () => {
  const script = `const { write } = process.stdout;
    process.stdout.write = function (...args) {
      const result = write.apply(this, args);
      if (/^Simulated Twenty at/.test(args[0])) process.kill(process.pid, 'SIGTERM');
      return result;
    };`;
  const { written, ended } = start([], {
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(script)}`,
  });
  expect(await ended, written.error).toEqual({ code: 0, signal: null });
});

test.each([
  [['--drop', 'often'], /--drop takes a number/],
  [['--drop', '2'], /share from 0 to 1/],
  [['--redirect', '303'], /--redirect is one of 301, 302, 307, 308/],
  [['--format', 'xml'], /--format is one of server, envelope/],
  [['--target', 'localhost'], /is no target/],
  [['--nonsense'], /nonsense/],
  [['--every', '0'], /--every takes a number from 0.001 to 86400/],
  [['--every', '100000'], /--every takes a number/],
  [['--burst', '1.5'], /--burst takes a whole number/],
  [['--port', '65536'], /--port takes a whole number from 0 to 65535/],
])('%j is refused with 2 and a reason', async (args, message) => {
  const { written, ended } = start(args);
  expect(await ended).toEqual({ code: 2, signal: null });
  expect(written.error).toMatch(message);
});

test('a record without a name has a line, and an empty variable is no secret', async () => {
  const target = await startRecordingTarget();
  onTestFinished(target.close);
  const { child, written, ended } = start(['--target', target.url, '--api-key', 'key'], { TWENTY_WEBHOOK_SECRET: '' });
  await expect.poll(() => written.out, { timeout: 10_000 }).toMatch(/for tests only: [0-9a-f]{64}$/m);
  const [, origin] = /^Simulated Twenty at (\S+),/m.exec(written.out) ?? [];
  const headers = { authorization: 'Bearer key' };
  await fetch(`${origin}/rest/people`, { method: 'POST', headers, body: '{"name":null}' });
  await expect.poll(() => written.out).toMatch(/ person\.created "[0-9a-f-]{36}" 200 \d+ ms$/m);
  expect(target.arrivals[0]?.headers).toHaveProperty('x-twenty-webhook-signature');
  child.kill('SIGTERM');
  expect(await ended).toEqual({ code: 0, signal: null });
});

test('says that nothing is signed', async () => {
  const { written } = start(['--target', 'http://127.0.0.1:9/', '--secret', '']);
  await expect.poll(() => written.out, { timeout: 10_000 }).toMatch(/^Deliveries are not signed/m);
});

test('whoever reads it may stop: no error, no process left', async () => {
  const { child, written, ended } = start(['--target', 'http://127.0.0.1:9/', '--every', '0.01']);
  await expect.poll(() => written.out, { timeout: 10_000 }).toMatch(/ refused$/m);
  child.stdout?.destroy();
  expect(await ended).toEqual({ code: 0, signal: null });
  expect(written.error).toBe('');
});

test.each(['--help', '-h'])('%s names every option', async (option) => {
  const { written, ended } = start([option]);
  expect(await ended).toEqual({ code: 0, signal: null });
  for (const name of ['target', 'secret', 'port', 'delivery', 'every', 'burst', 'shuffle'])
    expect(written.out).toContain(`--${name}`);
});
