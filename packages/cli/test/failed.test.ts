import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { sqliteInbox } from '@twenty-webhooks/sqlite';
import { sampleEvent } from '@twenty-webhooks/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { leaveDeadJobs, runWaitingJobs, webhookEvent } from './failed-receiver.ts';
import { runCli } from './run-cli.ts';

// Each test starts some processes, on a machine that may have much else to do.
vi.setConfig({ testTimeout: 60_000 });

const folder = mkdtempSync(join(tmpdir(), 'failed-'));
afterAll(() => rmSync(folder, { recursive: true }));

const template = join(folder, 'template.sqlite');
// JSON leaves C1 control characters as they are.
const person = sampleEvent('person.created', { overrides: { record: { jobTitle: 'a\u009b2Jb' } } });
const events = [person, sampleEvent('company.updated'), webhookEvent('canary-secret')];
beforeAll(() => leaveDeadJobs(sqliteInbox(template), events));

/** A file of one's own with the three dead jobs. */
function inboxFile(name: string): string {
  const file = join(folder, `${name}.sqlite`);
  copyFileSync(template, file);
  return file;
}

/** What the inbox itself says, which is quicker than a process. */
async function look(file: string) {
  const inbox = sqliteInbox(file);
  const { counts, list } = inbox.inspection;
  const jobs = await list();
  const keyOf = (event: string): string => String(jobs.find((job) => job.event === event)?.key);
  const state = { counts: await counts(), keyOf };
  await inbox.close();
  return state;
}

describe('failed list', () => {
  it('shows dead jobs with their errors, the newest first, and counts', async () => {
    const file = inboxFile('list');
    const envFile = join(folder, 'list.env');
    writeFileSync(envFile, `TWENTY_INBOX=${file}\n`);
    const { code, out, error } = await runCli(['failed', 'list', '-e', envFile]);
    expect(error).toBe('');
    expect(code).toBe(0);
    expect(out).toMatch(/won-deals +metadata\.webhook\.updated.*\n.*\n.*company\.updated.*\n.*\n.*person\.created/);
    expect(out).toContain('NonRetryableError (NON_RETRYABLE): the deal\\x1b[2J is gone');
    expect(out).not.toContain('\x1b');
    expect(out).toContain('3 dead, 0 waiting, 0 running, 0 done');
  });

  it('takes filters and a limit, and is content with an inbox that holds nothing', async () => {
    const file = inboxFile('filters');
    const listed = async (...options: string[]) =>
      JSON.parse((await runCli(['failed', 'list', '--inbox', file, '--json', ...options])).out);
    expect(await listed('--object', 'person')).toMatchObject({
      counts: { dead: 3 },
      jobs: [{ event: 'person.created', object: 'person', state: 'dead', attempts: 1 }],
    });
    expect(await listed('--limit', '1')).toMatchObject({ jobs: [{}], hasMore: true });
    expect(await listed('--state', 'done')).toMatchObject({ jobs: [], hasMore: false });
    expect(await runCli(['failed', 'list', '--inbox', `sqlite:${file}`, '--handler', 'none'])).toMatchObject({
      code: 0,
      out: expect.stringContaining('No dead jobs that fit.'),
    });
  });

  it('makes no file, and no inbox of something else', async () => {
    const missing = join(folder, 'missing.sqlite');
    expect(await runCli(['failed', 'list', '--inbox', missing])).toMatchObject({
      code: 2,
      error: expect.stringMatching(/There is no file .*missing\.sqlite\.\nSee: twenty-webhooks failed list --help/),
    });
    expect(existsSync(missing)).toBe(false);

    const empty = join(folder, 'empty.sqlite');
    writeFileSync(empty, '');
    expect(await runCli(['failed', 'list', '--inbox', empty])).toMatchObject({ code: 2, out: '' });
    expect(readFileSync(empty).length).toBe(0);

    const foreign = join(folder, 'foreign.sqlite');
    const database = new DatabaseSync(foreign);
    database.exec('CREATE TABLE mine (id INTEGER)');
    database.close();
    const before = readFileSync(foreign);
    expect(await runCli(['failed', 'list', '--inbox', foreign])).toMatchObject({
      code: 2,
      error: expect.stringContaining('is no inbox of twenty-webhooks'),
    });
    expect(readFileSync(foreign).equals(before)).toBe(true);
  });
});

describe('failed show', () => {
  it('shows all that is known, by the beginning of the key; secrets of webhooks are masked', async () => {
    const file = inboxFile('show');
    const { keyOf } = await look(file);
    const person = await runCli(['failed', 'show', keyOf('person.created').slice(0, 10), '--inbox', file]);
    expect(person.code).toBe(0);
    expect(person.out).toMatch(/^key +[0-9a-f]{64}\nstate +dead\nhandler +won-deals\nevent +person\.created\n/);
    expect(person.out).toMatch(
      /NonRetryableError \(NON_RETRYABLE\): the deal\\x1b\[2J is gone\nand so\\x1b\[2J is that\n +at /,
    );
    expect(person.out).toContain('"jobTitle": "a\\x9b2Jb"');
    for (const control of ['\x1b', '\x9b']) expect(person.out).not.toContain(control);
    expect(person.out).toContain('"eventName": "person.created"');

    const key = keyOf('metadata.webhook.updated');
    const shown = await runCli(['failed', 'show', key, '--inbox', file]);
    const json = await runCli(['failed', 'show', key, '--inbox', file, '--json']);
    expect(shown.out).toContain('••••');
    expect(JSON.parse(json.out)).toMatchObject({ isMasked: true, body: { eventName: 'metadata.webhook.updated' } });
    expect(shown.out + json.out).not.toContain('canary-secret');
  });

  it('--raw writes the bytes that were received; those with secrets only with --yes', async () => {
    const file = inboxFile('raw');
    const { keyOf } = await look(file);
    const person = await runCli(['failed', 'show', keyOf('person.created'), '--inbox', file, '--raw']);
    expect(person).toEqual({ code: 0, out: JSON.stringify(events[0]), error: '' });
    const show = ['failed', 'show', keyOf('metadata.webhook.updated'), '--inbox', file, '--raw'];
    expect(await runCli(show)).toMatchObject({ code: 2, out: '' });
    expect(await runCli([...show, '--yes'])).toMatchObject({ code: 0, out: JSON.stringify(events[2]) });
  });

  it('says so where a key is unknown or too short', async () => {
    const file = inboxFile('unknown');
    const [unknown, short] = await Promise.all(
      ['ffffffff', 'a'].map((key) => runCli(['failed', 'show', key, '--inbox', file])),
    );
    expect(unknown).toMatchObject({ code: 1, error: expect.stringContaining('There is no job ffffffff') });
    expect(short).toMatchObject({ code: 1, error: expect.stringContaining('too short') });
  });
});

describe('failed retry', () => {
  it('lets the named job run again in the app, and runs nothing itself', async () => {
    const file = inboxFile('retry');
    const key = (await look(file)).keyOf('person.created');
    const retried = await runCli(['failed', 'retry', key.slice(0, 12), '--inbox', file]);
    expect(retried).toMatchObject({ code: 0, out: expect.stringMatching(/^1 job is to run again.*worker/) });
    expect(await look(file)).toMatchObject({ counts: { dead: 2, waiting: 1, running: 0, done: 0 } });
    expect(await runWaitingJobs(sqliteInbox(file))).toEqual(['person.created']);
    expect(await runCli(['failed', 'retry', key, '--inbox', file])).toMatchObject({
      code: 1,
      out: expect.stringContaining('is done'),
    });
  });

  it('changes nothing if one of the keys is unknown; wants keys or --all; --all takes filters', async () => {
    const file = inboxFile('retry-all');
    const key = (await look(file)).keyOf('person.created');
    expect(await runCli(['failed', 'retry', key, 'ffffffff', '--inbox', file])).toMatchObject({ code: 1 });
    expect(await look(file)).toMatchObject({ counts: { dead: 3 } });
    const refused = await Promise.all(
      [[], [key, '--all'], [key, '--handler', 'won-deals']].map((options) =>
        runCli(['failed', 'retry', ...options, '--inbox', file]),
      ),
    );
    expect(refused.map(({ code }) => code)).toEqual([2, 2, 2]);
    const none = await runCli(['failed', 'retry', '--all', '--handler', 'none', '--inbox', file, '--json']);
    expect(JSON.parse(none.out)).toEqual({ retried: 0 });
    const some = await runCli(['failed', '--json', 'retry', '--all', '--object', 'company', '--inbox', file]);
    expect(JSON.parse(some.out)).toEqual({ retried: 1 });
    const all = await runCli(['failed', 'retry', '--all', '--inbox', file, '--json']);
    expect(JSON.parse(all.out)).toEqual({ retried: 2 });
  });
});

describe('failed purge', () => {
  it('needs a yes, takes an age and filters, and forgets the dead', async () => {
    const file = inboxFile('purge');
    const purge = ['failed', 'purge', '--inbox', file];
    expect(await runCli(purge)).toMatchObject({
      code: 2,
      error: expect.stringMatching(/Forget all 3 dead jobs .*--yes/),
    });
    expect(JSON.parse((await runCli([...purge, '--yes', '--older-than', '1h', '--json'])).out)).toMatchObject({
      purged: 0,
    });
    expect(JSON.parse((await runCli([...purge, '--yes', '--handler', 'none', '--json'])).out)).toMatchObject({
      purged: 0,
    });
    expect(await look(file)).toMatchObject({ counts: { dead: 3 } });
    expect(JSON.parse((await runCli([...purge, '--yes', '--object', 'person', '--json'])).out)).toMatchObject({
      purged: 1,
    });
    expect(await runCli([...purge, '--yes'])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^2 dead jobs are forgotten/),
    });
    expect(await look(file)).toMatchObject({ counts: { dead: 0 } });
  });
});

it('what does not fit the inbox, or is no inbox, is refused, and passwords are not repeated', async () => {
  const file = inboxFile('options');
  const given = [
    ['--inbox', file, '--queue', 'other'],
    ['--inbox', 'redis://127.0.0.1:1', '--schema', 'other'],
    ['--inbox', 'mysql://user:canary-pass@127.0.0.1/db'],
    ['--inbox', 'postgres://user:canary#pass@127.0.0.1/db'],
    ['--inbox', 'postgres://user:1/canary-pass@127.0.0.1/db'],
    [],
  ];
  const answers = await Promise.all(given.map((options) => runCli(['failed', 'list', ...options])));
  expect(answers.map(({ code }) => code)).toEqual(given.map(() => 2));
  expect(answers.map(({ out, error }) => out + error).join()).not.toContain('canary');
});
