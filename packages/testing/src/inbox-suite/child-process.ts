import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createReceiver, type Handler, type Outcome, type ReceiverOptions } from '@twenty-webhooks/core';
import { signDelivery } from '../sign-delivery.ts';
import { freshEvent, suiteSecret } from '../suite-events.ts';
import type { ChildOrder, InboxAddress, Report } from './fork-receiver.ts';
import type { OpenInbox } from './inbox-fixture.ts';

// The process that `forkReceiver` starts. Lines go out before anything else happens: nothing of them is lost when it dies.

const { module, location, order }: InboxAddress & { readonly order: ChildOrder } = JSON.parse(process.argv[2] ?? '');
const { handlers = ['*'], attempts = 3, deliver, work, concurrency, leaseMs } = order;

// Nobody is left who would kill it.
process.once('disconnect', () => process.exit(1));

const { openInbox }: { readonly openInbox: OpenInbox } = await import(module);
const receiver = createReceiver({
  secret: suiteSecret,
  inbox: await openInbox(location, { concurrency, leaseMs }),
  work: work !== undefined,
  retry: { attempts, minDelayMs: 10, maxDelayMs: 20 },
  on: Object.fromEntries(handlers.map((pattern) => [pattern, run])),
  logger: { warn() {}, error() {} },
} as ReceiverOptions);

let answers = 0;
const delivered: Promise<void>[] = [];
for (let index = 0; index < (deliver?.events ?? 0); index++) {
  const signed = signDelivery(freshEvent(), { secret: suiteSecret });
  const answered = receiver.receive({ method: 'POST', url: '/', ...signed }).then(noteAnswer);
  delivered.push(answered);
  if (deliver?.eachMs === undefined) await answered;
  else if (index % deliver.eachMs === 0) await sleep(1);
}
await Promise.all(delivered);

function noteAnswer(outcome: Outcome): void {
  const isAccepted = outcome.status === 'accepted';
  report({ what: isAccepted ? 'accepted' : 'refused', id: isAccepted ? outcome.event.id : outcome.status });
  if (++answers === deliver?.dieAfterAnswers) die();
}

async function run(
  { id }: Parameters<Handler>[0],
  { attempt, idempotencyKey: key, signal }: Parameters<Handler>[1],
): Promise<void> {
  report({ what: 'began', id, key, attempt });
  if (work === 'die') die();
  signal.addEventListener('abort', () => report({ what: 'aborted', id, key, attempt }));
  if (work === 'hang') await new Promise(() => {});
  await sleep(5);
  report({ what: 'returned', id, key, attempt });
}

function report(what: Report): void {
  writeSync(1, `${JSON.stringify(what)}\n`);
}

function die(): void {
  process.kill(process.pid, 'SIGKILL');
}
