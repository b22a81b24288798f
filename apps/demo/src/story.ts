import { setTimeout as sleep } from 'node:timers/promises';
import type { SlackNotify } from '@twenty-webhooks/apps-harness';

/** What happened: a row per event, and what is not as it should be. */
export interface Story {
  readonly rows: readonly (readonly string[])[];
  readonly problems: readonly string[];
}

/**
 * Let people do things in Twenty, kill the app after its 200s and before its messages are out, start it again, and wait.
 *
 * @param tell is given each step in a line
 * @param patienceMs after which whatever is missing is missing
 */
export async function tellStory(
  sample: SlackNotify,
  tell: (line: string) => void,
  patienceMs = 60_000,
): Promise<Story> {
  const { simulator, app, slack } = sample;
  // A fifth of the deliveries comes twice, and Slack takes its time.
  simulator.setFaults({ duplicate: 0.2, refanout: 0.1, shuffle: true });
  sample.slowDown(100);

  simulator.hold();
  sample.trigger(30);
  simulator.release();
  await simulator.settled();
  const answers = simulator.attempts.map(({ status }) => status);
  const accepted = answers.filter((status) => status === 200).length;
  tell(`${answers.length} deliveries, some twice, in any order: ${accepted} answered with 200.`);

  await waitUntil(() => slack.messages.length >= 10, patienceMs);
  await app.kill();
  tell(`SIGKILL. ${slack.messages.length} messages are in Slack; the process is gone.`);
  sample.slowDown(40);
  await app.start();
  const startedAtMs = performance.now();
  tell('Started again, with the same inbox.');
  await waitUntil(async () => (await sample.problems()).length === 0 && (await sample.isAtRest()), patienceMs);
  const seconds = ((performance.now() - startedAtMs) / 1_000).toFixed(1);
  tell(`${slack.messages.length} messages are in Slack, ${seconds} s after the start.`);

  const forged = await forge(sample);
  tell(`A forged delivery: ${forged}.`);
  const problems = [
    ...(accepted === answers.length ? [] : [`${answers.length - accepted} deliveries were not answered with 200`]),
    ...(forged === '401' ? [] : [`forged: ${forged}`]),
    ...(await sample.problems()),
  ];
  return { rows: rowsOf(sample), problems };
}

/** Send a delivery again with another name in it; gives the status. */
async function forge({ simulator, app }: SlackNotify): Promise<string> {
  const [{ headers, body } = { headers: {}, body: new Uint8Array() }] = simulator.attempts;
  const text = new TextDecoder().decode(body).replace('"record":{', '"record":{"forged":true,');
  const response = await fetch(app.url, { method: 'POST', headers, body: text });
  return String(response.status);
}

function rowsOf({ simulator, announcements }: SlackNotify): readonly (readonly string[])[] {
  return announcements().map(({ event, recordId, name, messages }) => {
    const attempts = simulator.attempts.filter((attempt) => attempt.event === event && attempt.recordId === recordId);
    return [event, name, attempts.map(({ status }) => status).join(' '), messages.map(({ text }) => text).join(' | ')];
  });
}

/** When patience is over, the problems tell what is missing. */
async function waitUntil(isSo: () => boolean | Promise<boolean>, patienceMs: number): Promise<void> {
  const giveUpAtMs = performance.now() + patienceMs;
  while (!(await isSo()) && performance.now() < giveUpAtMs) await sleep(20);
}
