import { sampleEvent, signDelivery } from '@twenty-webhooks/testing';
import { post } from './deliver.ts';
import { isDone, readJournal } from './read-sample.ts';
import { startSample } from './start-sample.ts';

/** What a crash showed, line by line, and what was not as it should be. */
export interface CrashResult {
  readonly lines: readonly (readonly [what: string, found: string])[];
  readonly problems: readonly string[];
}

/**
 * Kill the sample right after its 200, while the handler is at work, and start it again. Effects of the killed process are
 * lost with it, so what stands in the journal of the next one was done by that one.
 *
 * @param nextInboxFile another file for the second process: a disk that forgot, which must be seen
 */
export async function crash(inboxFile: string, nextInboxFile: string = inboxFile): Promise<CrashResult> {
  const secret = `demo-${crypto.randomUUID()}`;
  const { headers, body } = signDelivery(sampleEvent('person.created'), { secret });

  const killed = await startSample({ secrets: [secret], inboxFile, effectMs: 60_000 });
  const first = await post(killed.url, headers, body);
  await killed.stop('SIGKILL');

  const startedAtMs = performance.now();
  const next = await startSample({ secrets: [secret], inboxFile: nextInboxFile });
  const isAtRest = await isDone(next, 10_000);
  const effects = (await readJournal(next)).map(({ text }) => text);
  const seconds = ((performance.now() - startedAtMs) / 1_000).toFixed(1);
  const second = await post(next.url, headers, body);
  const isStillAtRest = (await isDone(next)) && (await readJournal(next)).length === effects.length;
  await next.stop();

  const problems = [
    first.verdict !== 'accepted' && `the delivery before the crash was ${first.status} ${first.verdict}`,
    !(isAtRest && effects.length === 1) && `${effects.length} things were done after the crash`,
    second.verdict !== 'duplicate' && `the delivery after the crash was ${second.status} ${second.verdict}`,
    !isStillAtRest && 'the duplicate was handled',
  ].filter((problem) => problem !== false);
  return {
    lines: [
      ['person.created', `${first.status} ${first.verdict}; its handler is at work`],
      ['SIGKILL', 'the process is gone'],
      ['started again', `${effects.join('; ') || 'nothing done'}, ${seconds} s after the start`],
      ['person.created, again', `${second.status} ${second.verdict}`],
    ],
    problems,
  };
}
