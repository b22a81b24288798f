import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  createDatabase,
  describeWith,
  findFreePort,
  findPostgres,
  findProgram,
  type OwnDatabase,
} from '@twenty-webhooks/services';
import { sampleEvent, signDelivery, startTwentySimulator, type TwentySimulator } from '@twenty-webhooks/testing';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { AppProcess } from '../src/app-process.ts';
import { buildWorkflowTrigger } from '../src/build-workflow-trigger.ts';
import { type CountedApi, startCountedApi } from '../src/counted-api.ts';
import { launchChromium } from '../src/launch-chromium.ts';
import { startWorkflowApp } from '../src/workflow-trigger.ts';

// What is waited for comes in seconds, on a busy machine in many of them.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

beforeAll(buildWorkflowTrigger, 300_000);

describeWith(await findPostgres(), 'workflow-trigger on Postgres', ({ url }) => {
  let database: OwnDatabase;
  let client: Client;
  let twenty: TwentySimulator;
  let api: CountedApi;
  let app: AppProcess;
  beforeAll(async () => {
    database = await createDatabase(url);
    client = new Client({ connectionString: database.url });
    await client.connect();
    const port = await findFreePort();
    twenty = await startTwentySimulator({ target: `http://127.0.0.1:${port}/webhooks/twenty`, requestsPerMinute: 1e6 });
    api = await startCountedApi(twenty.origin);
    app = await startWorkflowApp({ port, twenty, apiUrl: api.origin, env: { DATABASE_URL: database.url } });
  });
  afterAll(async () => {
    await app?.kill();
    await api?.close();
    await twenty?.close();
    await client?.end();
    await database?.drop();
  });

  /** What DBOS has written down, read past the app. */
  const recordedSteps = async (): Promise<readonly RecordedStep[]> => {
    const steps = await client.query(
      `select s.workflow_uuid, s.function_name as step, s.started_at_epoch_ms, s.completed_at_epoch_ms, inputs
       from dbos.operation_outputs s join dbos.workflow_input using (workflow_uuid) order by 1, function_id`,
    );
    return steps.rows;
  };
  const runsOf = async (recordId: string): Promise<readonly { status: string; error: string | null }[]> => {
    const runs = await client.query(
      `select s.status, o.error from dbos.workflow_status s join dbos.workflow_input using (workflow_uuid)
       left join dbos.workflow_output o using (workflow_uuid) where strpos(dbos.workflow_input.inputs, $1) > 0`,
      [recordId],
    );
    return runs.rows;
  };
  /** @param seconds after which it is not waited any longer; fewer, for what is not to end */
  const ended = async (id: string, seconds = 40) => {
    const giveUpAtMs = performance.now() + seconds * 1_000;
    const read = async () => (await runsOf(id)).map(({ status }) => status);
    while ((await read()).some((status) => status === 'PENDING') && performance.now() < giveUpAtMs) await sleep(50);
    return read();
  };

  /** Let whatever asks for runs wait, until the transaction of this client ends. */
  const lockRuns = async (): Promise<Client> => {
    const blocker = new Client({ connectionString: database.url });
    await blocker.connect();
    await blocker.query('begin');
    await blocker.query('lock table dbos.workflow_status in access exclusive mode');
    return blocker;
  };

  it('50 companies, 30% twice, 3 SIGKILLs: 50 runs, and the effect of each step once', async () => {
    const { workspace } = twenty;
    twenty.setFaults({ duplicate: 0.2, refanout: 0.1 });
    // Long enough for each kill to find calls whose effect is there and whose answer is not.
    api.answerAfter(150);
    const companies: string[] = [];
    const addCompanies = (count: number): void => {
      twenty.hold();
      for (let made = 0; made < count; made++) {
        const { id } = workspace.create('company', { name: `Company ${companies.length}.` });
        companies.push(id);
        if (companies.length % 2 === 0) workspace.create('person', { companyId: id });
      }
      twenty.release();
    };
    const answered = (): ReadonlySet<string> => {
      const good = twenty.attempts.filter(({ event, status }) => event === 'company.created' && status === 200);
      return new Set(good.map(({ recordId }) => recordId));
    };
    const snapshots: { readonly atMs: number; readonly steps: readonly RecordedStep[] }[] = [];
    /** @param isTime to kill it */
    const killWhen = async (isTime: () => boolean | Promise<boolean>): Promise<void> => {
      while (!(await isTime())) await sleep(5);
      await app.kill();
      await twenty.settled();
      snapshots.push({ atMs: Date.now(), steps: await recordedSteps() });
      await app.start();
      // A delivery that met a dead server is lost in life. Here it counts that what had its 200 is not, nor done twice.
      const created = twenty.attempts.filter(({ event }) => event === 'company.created');
      const lost = created.filter(({ recordId }) => !answered().has(recordId) && !sentAgain.has(recordId));
      const known = created.filter(({ recordId }) => answered().has(recordId)).slice(-5);
      for (const { headers, body } of [...new Map(lost.map((one) => [one.recordId, one])).values(), ...known]) {
        const response = await fetch(app.url, { method: 'POST', headers, body: new Uint8Array(body) });
        expect(response.status).toBe(200);
      }
      for (const { recordId } of lost) sentAgain.add(recordId);
    };
    const sentAgain = new Set<string>();

    addCompanies(17);
    await killWhen(() => answered().size > 8);
    addCompanies(17);
    await killWhen(() => workspace.list('taskTarget').length > 20);
    addCompanies(16);
    await twenty.settled();
    await killWhen(async () => (await recordedSteps()).filter(({ step }) => step === 'look for a contact').length > 10);
    const giveUpAtMs = performance.now() + 80_000;
    const states = async (): Promise<readonly unknown[]> =>
      (await client.query('select status, count(*)::int from dbos.workflow_status group by 1')).rows;
    while (JSON.stringify(await states()) !== '[{"status":"SUCCESS","count":50}]' && performance.now() < giveUpAtMs)
      await sleep(100);
    expect(await states()).toEqual([{ status: 'SUCCESS', count: 50 }]);

    // In Twenty: each task once, linked once.
    const links = new Map(workspace.list('taskTarget').map(({ taskId, targetCompanyId }) => [taskId, targetCompanyId]));
    const tasks = workspace.list('task').map(({ id, title }) => `${title} at ${links.get(id)}`);
    const wanted = companies.flatMap((id, index) => [
      `Onboard Company ${index}. at ${id}`,
      ...(index % 2 === 0 ? [`Find a contact at Company ${index}. at ${id}`] : []),
    ]);
    expect(tasks.sort()).toEqual(wanted.sort());
    expect(workspace.list('taskTarget')).toHaveLength(tasks.length);

    // What was recorded when the server died was not done again: neither its record nor a call shows it.
    const finalSteps = await recordedSteps();
    expect(countBy(finalSteps.map(({ step }) => step))).toEqual({
      'create onboarding task': 50,
      'link onboarding task': 50,
      'DBOS.sleep': 50,
      'look for a contact': 50,
      'create follow-up task': 25,
      'link follow-up task': 25,
    });
    const inTheEnd = new Set(finalSteps.map((step) => JSON.stringify(step)));
    for (const { atMs, steps } of snapshots) {
      const later = api.posts.filter((post) => post.atMs > atMs).map(({ title }) => title);
      for (const step of steps) {
        expect(inTheEnd).toContain(JSON.stringify(step));
        const [name] = step.inputs.match(/Company \d+\./) ?? [];
        if (step.step === 'create onboarding task') expect(later).not.toContain(`Onboard ${name}`);
        if (step.step === 'create follow-up task') expect(later).not.toContain(`Find a contact at ${name}`);
      }
    }
    const repeats = api.posts.length - new Set(api.posts.map(({ id }) => id)).size;
    expect(api.posts.length - repeats).toBe(tasks.length * 2);
    const sent = twenty.attempts.filter(({ event }) => event === 'company.created');
    const duplicates = sent.filter(({ cause }) => cause !== 'change').length;
    console.log(
      `50 companies: ${sent.length} deliveries, ${duplicates} of them duplicates; ${sentAgain.size} events met a dead server and were sent again; ` +
        `steps recorded at the kills: ${snapshots.map(({ steps }) => steps.length).join(', ')} of ${finalSteps.length}; ` +
        `${repeats} of ${api.posts.length} POSTs were repeats that Twenty refused, by steps killed before their record`,
    );
    twenty.setFaults({});
    api.answerAfter(0);
  }, 180_000);

  it('a deal is handed over once: not if it is lost, once if it is won, not again if it is won again', async () => {
    const lost = twenty.workspace.create('opportunity', { name: 'Lost', stage: 'NEW' });
    twenty.workspace.update('opportunity', lost.id, { stage: 'PROPOSAL' });
    const { id } = twenty.workspace.create('opportunity', { name: 'Fleet', stage: 'PROPOSAL' });
    for (const stage of ['CUSTOMER', 'PROPOSAL', 'CUSTOMER']) {
      twenty.workspace.update('opportunity', id, { stage });
      // In one millisecond the last event would be the first one again.
      await sleep(5);
    }
    twenty.workspace.update('opportunity', id, { name: 'Fleet, renamed' });
    // Won before there was this app.
    twenty.setFaults({ drop: 1 });
    const old = twenty.workspace.create('opportunity', { name: 'Old', stage: 'CUSTOMER' });
    twenty.setFaults({});
    twenty.workspace.update('opportunity', old.id, { name: 'Old, renamed' });
    const born = twenty.workspace.create('opportunity', { name: 'Born a customer', stage: 'CUSTOMER' });
    await twenty.settled();
    expect(await ended(id)).toEqual(['SUCCESS']);
    expect(await ended(born.id)).toEqual(['SUCCESS']);
    expect(await runsOf(lost.id)).toEqual([]);
    expect(await runsOf(old.id)).toEqual([]);
    const links = twenty.workspace.list('taskTarget').filter(({ targetOpportunityId }) => targetOpportunityId === id);
    expect(links.map(({ taskId }) => twenty.workspace.get('task', taskId as string)?.title)).toEqual([
      'Hand over Fleet',
    ]);
  });

  it.each([
    ['before its task is linked', 'task'],
    ['while the run waits', 'taskTarget'],
  ])('a company is destroyed %s: the run ends quietly, without a second task', async (when, lastCreated) => {
    // Time to destroy it between a step's effect and its answer.
    api.answerAfter(300);
    onTestFinished(() => api.answerAfter(0));
    const { workspace } = twenty;
    const created = workspace.list(lastCreated).length;
    const { id } = workspace.create('company', { name: `Gone ${when}` });
    while (workspace.list(lastCreated).length === created) await sleep(5);
    workspace.destroy('company', id);
    await twenty.settled();
    expect(await ended(id)).toEqual(['SUCCESS']);
    const titles = workspace.list('task').map(({ title }) => String(title));
    expect(titles.filter((title) => title.endsWith(when))).toEqual([`Onboard Gone ${when}`]);
  });

  it('a task whose answer is lost, and which a user deletes before the next try, is not made again', async () => {
    const { workspace } = twenty;
    const title = 'Onboard Fleeting';
    const find = () => workspace.list('task').find((task) => task.title === title);
    api.fail('lose the answer');
    const { id } = workspace.create('company', { name: 'Fleeting' });
    while (find() === undefined) await sleep(5);
    workspace.delete('task', String(find()?.id));
    api.fail(undefined);
    await twenty.settled();
    expect(await ended(id)).toEqual(['SUCCESS']);
    expect(api.posts.filter((post) => post.title === title).length).toBeGreaterThan(1);
  });

  it('an event id is the id of its run; one that the database cannot take, or that looks like a deal, harms nothing', async () => {
    const send = (id: string, name: string) => {
      const event = {
        id,
        event: 'company.created',
        timestamp: new Date().toISOString(),
        workspaceId: 'w',
        data: { object: 'company', id: randomUUID(), attributes: { name }, previousAttributes: null },
      };
      return fetch(app.url, { method: 'POST', ...signDelivery(event, { secret: twenty.secret, format: 'envelope' }) });
    };
    const idsOf = async (name: string): Promise<readonly string[]> => {
      const runs = await client.query('select workflow_uuid from dbos.workflow_input where strpos(inputs, $1) > 0', [
        name,
      ]);
      return runs.rows.map(({ workflow_uuid }) => workflow_uuid);
    };
    const dealId = randomUUID();
    const ordinary = ['evt_2Zq9', randomUUID()];
    const odd = ['a\u0000b', 'x'.repeat(3_000), '../?&% 💥', `won-deal-${dealId}`, `won-deal/${dealId}`];
    for (const [index, id] of [...ordinary, ...odd].entries()) {
      const name = `Odd ${index}.`;
      expect((await send(id, name)).status, id).toBe(200);
      expect((await send(id, name)).status, id).toBe(200);
      expect(await idsOf(name), id).toEqual([ordinary.includes(id) ? id : expect.any(String)]);
    }
    twenty.workspace.create('opportunity', { id: dealId, name: 'Odd deal', stage: 'CUSTOMER' });
    await twenty.settled();
    expect(await ended(dealId)).toContain('SUCCESS');
    expect(twenty.workspace.list('task').filter(({ title }) => title === 'Hand over Odd deal')).toHaveLength(1);
  });

  it('what Twenty refuses fails at once, an outage does not', async () => {
    // First: no other run may meet the 403.
    api.fail(403);
    const refused = twenty.workspace.create('company', { name: 'Refused' });
    await twenty.settled();
    expect(await ended(refused.id)).toEqual(['ERROR']);
    expect((await runsOf(refused.id))[0]?.error).toContain('Twenty answered 403');
    api.fail('never answer');
    const forgotten = twenty.workspace.create('company', { name: 'Forgotten' });
    await twenty.settled();
    expect(await ended(forgotten.id, 1)).toEqual(['PENDING']);
    api.fail('hang up');
    const { id } = twenty.workspace.create('company', { name: 'Patient' });
    await twenty.settled();
    expect(await ended(id, 1)).toEqual(['PENDING']);
    api.fail(429);
    await sleep(2_500);
    expect(await ended(id, 0)).toEqual(['PENDING']);
    api.fail(undefined);
    expect(await ended(id)).toEqual(['SUCCESS']);
    expect(await ended(forgotten.id)).toEqual(['SUCCESS']);
  });

  it('SIGTERM lets a delivery that has come get its answer', async () => {
    const blocker = await lockRuns();
    onTestFinished(() => blocker.end());
    const delivery = signDelivery(sampleEvent('company.created'), { secret: twenty.secret });
    const answer = fetch(app.url, { method: 'POST', ...delivery }).then(({ status }) => status, String);
    // It has come: it waits for the lock.
    const waiting = `select from pg_locks join pg_stat_activity using (pid) where not granted and datname = current_database()`;
    await vi.waitUntil(async () => (await client.query(waiting)).rowCount, { timeout: 20_000 });
    const exit = app.stop();
    await sleep(300);
    await blocker.query('rollback');
    const answers = [await answer, await exit];
    await app.start();
    expect(answers).toEqual([200, 0]);
  });

  describeWith(findProgram('chromium'), 'the page', (executablePath) => {
    it('shows runs and their steps as they come, and text from the CRM as text', async () => {
      // A busy machine shows what comes seconds later: a run has to sleep for longer.
      await app.kill();
      await app.start({ FOLLOW_UP_AFTER_SECONDS: '12' });
      const browser = await launchChromium(executablePath);
      onTestFinished(() => browser.close());
      const page = await browser.newPage();
      const problems: string[] = [];
      page.on('pageerror', ({ message }) => problems.push(message));
      page.on('dialog', (dialog) => problems.push(dialog.message()));
      page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
      await page.goto(app.origin);
      let loads = 0;
      page.on('load', () => loads++);
      const name = `<img src=x onerror=alert(1)><script>alert(2)</script>`;
      // There before the run looks for it, however late that is seen here.
      const id = randomUUID();
      twenty.workspace.create('person', { companyId: id });
      twenty.workspace.create('company', { id, name });
      const run = page.locator('tbody').filter({ hasText: `${name}: new-company-onboarding` });
      await expect
        .poll(() => run.getByRole('row').allTextContents(), { timeout: 20_000, interval: 20 })
        .toEqual([
          expect.stringMatching(/: new-company-onboardingPENDING\d/),
          expect.stringMatching(/^create onboarding taskSUCCESS\d/),
          expect.stringMatching(/^link onboarding taskSUCCESS\d/),
          expect.stringMatching(/^DBOS.sleepSLEEPING.*until /),
        ]);
      await run.getByText('The company has a contact').waitFor();
      expect(await run.getByRole('row').count()).toBe(5);
      expect(await page.locator('img, script:text("alert")').count()).toBe(0);
      await app.kill();
      const silence = page.getByRole('status').filter({ hasText: 'does not answer' });
      await silence.waitFor();
      expect(await run.getByRole('row').count()).toBe(5);
      await app.start();
      await silence.waitFor({ state: 'detached' });
      const later = twenty.workspace.create('company', { name: 'After the restart' });
      await page.getByText('After the restart: new').waitFor();
      expect([loads, problems.filter((problem) => !problem.includes('ERR_CONNECTION_REFUSED'))]).toEqual([0, []]);
      await ended(later.id);

      // A server that takes its time is not asked again meanwhile.
      const blocker = await lockRuns();
      onTestFinished(() => blocker.end());
      let requests = 0;
      page.on('request', () => requests++);
      await page.waitForTimeout(3_500);
      expect(requests).toBeLessThanOrEqual(1);
      await blocker.query('rollback');
    });
  });
});

describe('workflow-trigger on PGlite', () => {
  it('a SIGKILL in the middle: each run and each effect once; a second server on the same folder does not start', async () => {
    const home = mkdtempSync(join(tmpdir(), 'workflow-trigger-'));
    const port = await findFreePort();
    const twenty = await startTwentySimulator({
      target: `http://127.0.0.1:${port}/webhooks/twenty`,
      requestsPerMinute: 1e6,
    });
    const env = { PGLITE_FOLDER: join(home, 'pgdata') };
    const app = await startWorkflowApp({ port, twenty, apiUrl: twenty.origin, env });
    onTestFinished(async () => {
      await app.kill();
      await twenty.close();
      rmSync(home, { recursive: true });
    });
    const second = startWorkflowApp({ port: await findFreePort(), twenty, apiUrl: twenty.origin, env });
    onTestFinished(async () => void (await second.catch(() => undefined))?.kill());
    await expect(second).rejects.toThrow('database is locked');
    twenty.setFaults({ duplicate: 0.3 });
    twenty.hold();
    const companies = Array.from(
      { length: 20 },
      (_, index) => twenty.workspace.create('company', { name: `C${index}.` }).id,
    );
    for (const companyId of companies.slice(2)) twenty.workspace.create('person', { companyId });
    twenty.release();
    await twenty.settled();
    while (twenty.workspace.list('taskTarget').length < 8) await sleep(2);
    await app.kill();
    // As if it had been built anew meanwhile: DBOS takes up the runs of its own version only.
    const again = await startWorkflowApp({
      port,
      twenty,
      apiUrl: twenty.origin,
      env: { ...env, DBOS__APPVERSION: 'new' },
    });
    onTestFinished(() => again.kill());
    const runs = async () =>
      ((await (await fetch(`${app.origin}/api/runs`)).json()) as { state: string }[][]).map(([run]) => run?.state);
    const giveUpAtMs = performance.now() + 80_000;
    while ((await runs()).some((state) => state !== 'SUCCESS') && performance.now() < giveUpAtMs) await sleep(200);
    expect(await runs()).toEqual(companies.map(() => 'SUCCESS'));
    const titles = twenty.workspace.list('task').map(({ title }) => title);
    const wanted = companies.map((_, index) => `Onboard C${index}.`);
    expect(titles.sort()).toEqual([...wanted, 'Find a contact at C0.', 'Find a contact at C1.'].sort());
    expect(twenty.workspace.list('taskTarget')).toHaveLength(22);
    expect(await again.stop()).toBe(0);
  }, 180_000);
});

interface RecordedStep {
  readonly workflow_uuid: string;
  readonly step: string;
  readonly started_at_epoch_ms: string;
  readonly completed_at_epoch_ms: string;
  readonly inputs: string;
}

function countBy(names: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
