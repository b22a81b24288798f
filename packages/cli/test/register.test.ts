import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTwentySimulator, type TwentySimulator } from '@twenty-webhooks/testing';
import { afterAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { runCli } from './run-cli.ts';

// Each test starts some processes, on a machine that may have much else to do.
vi.setConfig({ testTimeout: 60_000 });

const root = mkdtempSync(join(tmpdir(), 'register-'));
afterAll(() => rmSync(root, { recursive: true }));

const url = 'https://app.example.com/webhooks/twenty';
const apiKey = 'canary-key';
let twenty: TwentySimulator;
let envFile = '';
let count = 0;
beforeEach(async () => {
  twenty = await startTwentySimulator({ apiKey });
  onTestFinished(() => twenty.close());
  envFile = join(root, `${count++}.env`);
});

interface Stored {
  readonly id: string;
  readonly targetUrl: string;
  readonly operations: readonly string[];
  readonly description: string | null;
  readonly secret: string;
  readonly updatedAt: string;
}

/** Past the command: what Twenty has. */
async function stored(): Promise<readonly Stored[]> {
  const response = await fetch(`${twenty.origin}/rest/webhooks`, { headers: { authorization: `Bearer ${apiKey}` } });
  return (await response.json()) as readonly Stored[];
}
async function store(webhook: object): Promise<Stored> {
  const response = await fetch(`${twenty.origin}/rest/webhooks`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}` },
    body: JSON.stringify(webhook),
  });
  return (await response.json()) as Stored;
}

const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  runCli(args, { env: { TWENTY_API_URL: twenty.origin, TWENTY_API_KEY: apiKey, ...env } });
const register = (...options: string[]) => run(['register', '--url', url, ...options]);

const variable = (name: string): string | undefined =>
  new RegExp(`^${name}=(.*)$`, 'm').exec(readFileSync(envFile, 'utf8'))?.[1];

/** Nothing that is secret comes out of any command. */
function expectNoSecrets(answer: { readonly out: string; readonly error: string }, webhooks: readonly Stored[]): void {
  const text = answer.out + answer.error;
  for (const secret of [apiKey, ...webhooks.map(({ secret }) => secret)])
    if (secret) expect(text).not.toContain(secret);
}

describe('register', () => {
  it('creates a webhook with a secret of its own, which is in the file and nowhere else', async () => {
    writeFileSync(envFile, `# mine\nTWENTY_API_URL=${twenty.origin}/rest/\nTWENTY_API_KEY=${apiKey}\n`, {
      mode: 0o644,
    });
    const args = [
      'register',
      '--url',
      url,
      '--events',
      'person.*',
      'company.created',
      '--description',
      'CRM',
      '--env-file',
      envFile,
    ];
    const dry = await runCli([...args, '--dry-run']);
    expect(dry).toMatchObject({ code: 0, error: '', out: expect.stringContaining('Nothing was changed') });
    expect(await stored()).toEqual([]);
    expect(readFileSync(envFile, 'utf8')).not.toContain('SECRET');

    const made = await runCli(args);
    const webhooks = await stored();
    expect(made).toMatchObject({
      code: 0,
      error: '',
      out: expect.stringMatching(/New webhook[\s\S]*person\.\*, company\.created[\s\S]*Created webhook/),
    });
    expect(webhooks).toMatchObject([
      { targetUrl: url, operations: ['person.*', 'company.created'], description: 'CRM' },
    ]);
    expect(variable('TWENTY_WEBHOOK_SECRET')).toBe(webhooks[0]?.secret);
    expect(webhooks[0]?.secret).toMatch(/^[0-9a-f]{64}$/);
    expect(statSync(envFile).mode & 0o777).toBe(0o600);
    expect(readFileSync(envFile, 'utf8')).toMatch(/^# mine\nTWENTY_API_URL=/);
    expectNoSecrets(made, webhooks);

    const again = await runCli([...args, '--json']);
    expect(JSON.parse(again.out)).toMatchObject({ result: 'unchanged', webhook: { signed: true }, warnings: [] });
    expect(await stored()).toEqual(webhooks);
    expectNoSecrets(again, webhooks);
  });

  it('updates the webhook of the same URL in place, and leaves its secret and description', async () => {
    const before = await store({
      targetUrl: 'https://APP.example.com:443/webhooks/twenty/',
      operations: ['*.*'],
      description: 'mine',
    });
    const { code, out } = await register('--events', 'note.deleted', 'person.*');
    expect(code).toBe(0);
    expect(out).toMatch(
      new RegExp(
        `Webhook ${before.id}\n +url +.*twenty/ → ${url}\n +events +\\*\\.\\* → note\\.deleted, person\\.\\*\n +secret +unchanged\n`,
      ),
    );
    const [after, ...more] = await stored();
    expect(more).toEqual([]);
    expect(after).toMatchObject({
      ...before,
      targetUrl: url,
      operations: ['note.deleted', 'person.*'],
      updatedAt: expect.any(String),
    });
    const other = await register('--events', 'person.*', 'note.deleted', '--json');
    expect(JSON.parse(other.out)).toMatchObject({ result: 'unchanged' });
  });

  it('takes the secret of TWENTY_WEBHOOK_SECRET; without one and without a file it makes nothing', async () => {
    expect(await register('--events', 'person.*')).toMatchObject({
      code: 2,
      error: expect.stringMatching(/-e \.env/),
    });
    expect(await stored()).toEqual([]);
    const secret = 'canary-secret-of-my-own';
    const made = await run(['register', '--url', url, '--events', 'person.*'], { TWENTY_WEBHOOK_SECRET: secret });
    expect(made).toMatchObject({ code: 0 });
    const webhooks = await stored();
    expect(webhooks).toMatchObject([{ secret }]);
    expectNoSecrets(made, webhooks);
    const other = await run(['register', '--url', url, '--events', 'person.*'], { TWENTY_WEBHOOK_SECRET: 'another' });
    expect(other).toMatchObject({ code: 0, error: expect.stringContaining('SIGNATURE_MISMATCH') });
  });

  it('--rotate-secret: a new one in Twenty and in the file, where the old one stays beside it', async () => {
    // Not --env-file: Node looks for it by itself, and ends if there is no such file.
    const args = ['--events', 'person.*', '-e', envFile];
    await register(...args);
    const [before] = await stored();
    const rotated = await register(...args, '--rotate-secret');
    const [after] = await stored();
    expect(rotated).toMatchObject({ code: 0, error: expect.stringContaining('still signs with the old secret') });
    expect(after?.id).toBe(before?.id);
    expect(after?.secret).not.toBe(before?.secret);
    expect(variable('TWENTY_WEBHOOK_SECRET')).toBe(after?.secret);
    expect(variable('TWENTY_WEBHOOK_SECRET_OLD')).toBe(before?.secret);
    expectNoSecrets(
      rotated,
      [before, after].filter((webhook) => webhook !== undefined),
    );
  });

  it('warns of what loses events or lets anybody in, and does it nevertheless', async () => {
    const first = await store({ targetUrl: 'http://ada:canary-pass@10.0.0.1/x', operations: ['person.*'], secret: '' });
    const second = await store({ targetUrl: 'http://ada:canary-pass@10.0.0.1/x/' });
    const given = ['--url', 'http://ada:canary-pass@10.0.0.1/x', '--events', '*.*', 'person.creatd', '--json'];
    const { code, out, error } = await run(['register', ...given]);
    expect(code).toBe(0);
    const { warnings, webhook } = JSON.parse(out);
    expect(webhook).toMatchObject({ id: first.id, signed: false });
    expect(warnings).toEqual([
      expect.stringContaining('Did you mean person.created?'),
      expect.stringContaining('*.* is everything'),
      expect.stringContaining('private address'),
      expect.stringContaining('a user or a password'),
      expect.stringContaining(second.id),
      expect.stringContaining('no secret'),
    ]);
    expect(error.match(/^Warning: /gm)).toHaveLength(warnings.length);
    expect(out + error).not.toContain('canary-pass');
  });

  it('refuses what it cannot understand before it asks Twenty', async () => {
    const env = { TWENTY_API_URL: 'http://127.0.0.1:1' };
    const given = [
      ['register', '--url', url, '--events', 'person'],
      ['register', '--url', 'localhost:3000', '--events', 'person.*'],
      ['register', '--url', url],
      ['register', '--events', 'person.*'],
      ['unregister', '--url', url, '--id', 'x'],
      ['unregister'],
    ];
    const answers = await Promise.all(given.map((args) => run(args, env)));
    expect(answers.map(({ code }) => code)).toEqual(given.map(() => 2));
  });
});

describe('list', () => {
  it('shows webhooks without their secrets, and marks what is doubled or unsigned', async () => {
    expect(await run(['list'])).toMatchObject({ code: 0, out: 'There are no webhooks in this workspace.\n' });
    const webhooks = [
      await store({ targetUrl: url, operations: ['person.*', 'company.created'], description: 'a\x1b[2Jb' }),
      await store({ targetUrl: `${url}/`, secret: '' }),
      await store({ targetUrl: 'https://other.example.com/' }),
    ];
    const [first, second] = webhooks;
    const table = await run(['list']);
    expect(table).toMatchObject({ code: 0, error: '' });
    expect(table.out).toMatch(new RegExp(`${first?.id} +${url} = +person\\.\\* company\\.created +yes +a\\\\x1b`));
    expect(table.out).toMatch(new RegExp(`${second?.id} +${url}/ = +\\*\\.\\* +NO`));
    expect(table.out).toContain('https://other.example.com/    ');
    expectNoSecrets(table, webhooks);
    const json = await run(['list', '--json']);
    expect(JSON.parse(json.out).webhooks).toMatchObject([
      { signed: true, events: ['person.*', 'company.created'], sameUrlAs: [second?.id] },
      { signed: false, sameUrlAs: [first?.id] },
      { signed: true, sameUrlAs: [] },
    ]);
    expectNoSecrets(json, webhooks);
  });
});

describe('unregister', () => {
  it('deletes those of a URL, or one of an id, and needs a yes', async () => {
    const first = await store({ targetUrl: url });
    await store({ targetUrl: `${url}/` });
    const other = await store({ targetUrl: 'https://other.example.com/' });
    expect(await run(['unregister', '--url', url])).toMatchObject({
      code: 2,
      out: expect.stringContaining(first.id),
      error: expect.stringContaining('--yes'),
    });
    expect(await run(['unregister', '--url', url, '--dry-run', '--json'])).toMatchObject({
      code: 0,
      out: expect.stringContaining('would-delete'),
    });
    expect(await stored()).toHaveLength(3);
    const deleted = await run(['unregister', '--url', 'HTTPS://app.example.com/webhooks/twenty', '--yes', '--json']);
    expect(JSON.parse(deleted.out)).toMatchObject({ result: 'deleted', webhooks: [{ id: first.id }, {}] });
    expect(await stored()).toEqual([other]);
    expect(await run(['unregister', '--id', first.id, '--yes'])).toMatchObject({ code: 1 });
    expect(await run(['unregister', '--id', other.id, '--yes'])).toMatchObject({ code: 0 });
    expect(await stored()).toEqual([]);
  });
});
