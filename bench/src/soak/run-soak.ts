import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JobCounts } from '@twenty-webhooks/core';
import { sqliteInbox } from '@twenty-webhooks/sqlite';
import { checkLedger, type Verdict } from './check-ledger.ts';
import { makeEvents, type SoakEvent } from './events.ts';
import { readLedger } from './ledger.ts';
import type { Wrong } from './open-inbox.ts';
import { createRandom, type Random } from './random.ts';
import { createSender, type Sender } from './sender.ts';
import { type SoakProcess, startSoakProcess } from './soak-process.ts';

export interface SoakOptions {
  /** How many events are delivered. */
  readonly deliveries: number;
  /** How many processes are killed at least. */
  readonly kills: number;
  readonly seed: number;
  /** How long the processes may take to finish, once nobody is killed any more. @default 60 000 */
  readonly patienceMs?: number | undefined;
  /** What is wrong with the inbox of the first process. */
  readonly wrong?: Wrong | undefined;
  /** Hears now and then how far it has come. */
  readonly progress?: ((line: string) => void) | undefined;
}

export interface SoakResult extends Verdict {
  readonly deliveries: number;
  readonly answers: number;
  readonly duplicates: number;
  readonly kills: number;
  /** Attempts that were not answered with 200, by what came instead. */
  readonly failures: ReadonlyMap<string, number>;
  readonly answerMs: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly runs: number;
  /** What the inbox holds in the end, and what it should hold. */
  readonly counts: JobCounts;
  readonly expected: JobCounts;
  /** Lines in the logs of the servers; failures of handlers are not among them. */
  readonly logs: readonly string[];
  /** Processes that ended by themselves. */
  readonly crashes: readonly string[];
  readonly durationMs: number;
}

/**
 * Deliver events to several processes on one file while they are killed again and again, then let them finish, and compare
 * what was promised with what was done.
 */
export async function runSoak(options: SoakOptions): Promise<SoakResult> {
  const startedAtMs = performance.now();
  const folder = await mkdtemp(join(tmpdir(), 'twenty-soak-'));
  const inboxFile = join(folder, 'inbox.sqlite');
  const ledgerFile = join(folder, 'ledger.jsonl');
  const random = createRandom(options.seed);
  const events = makeEvents(options.deliveries, random);
  const processes = (['server', 'server', 'worker'] as const).map((role, index) =>
    startSoakProcess({
      inboxFile,
      ledgerFile,
      role,
      leaseMs,
      seed: options.seed + index,
      wrong: index === 0 ? options.wrong : undefined,
    }),
  );
  const sender = createSender(() => processes.flatMap(({ port }) => port ?? []), random);
  try {
    await Promise.all(processes.map((one) => one.ready()));
    await deliverAndKill(events, processes, sender, random, options);
    const expectedJobs = events.reduce((sum, { handlers }) => sum + handlers.length, 0);
    const counts = await drain(inboxFile, options.patienceMs ?? 60_000);
    await Promise.all(processes.map((one) => one.stop()));

    const { answers, answerMs, failures } = sender;
    const lines = readLedger(ledgerFile);
    const runs = lines.filter((line) => line.what !== 'log');
    const kills = processes.flatMap((one) => one.kills);
    const inOrder = [...answerMs].sort((one, other) => one - other);
    const quantile = (share: number): number => inOrder[Math.floor((inOrder.length - 1) * share)] ?? Number.NaN;
    return {
      ...checkLedger({ answers, runs, kills }),
      deliveries: events.length,
      answers: answers.length,
      duplicates: answers.filter(({ status }) => status === 'duplicate').length,
      kills: kills.length,
      failures,
      answerMs: { p50: quantile(0.5), p99: quantile(0.99), max: quantile(1) },
      runs: runs.filter(({ what }) => what === 'began').length,
      counts,
      expected: { waiting: 0, running: 0, done: expectedJobs, dead: 0 },
      logs: lines.filter((line) => line.what === 'log').map(({ pid, text }) => `process ${pid}: ${text}`),
      crashes: processes.flatMap((one) => one.crashes),
      durationMs: performance.now() - startedAtMs,
    };
  } catch (cause) {
    const crashes = processes.flatMap((one) => one.crashes);
    throw new Error(`the soak could not be finished. Processes that ended by themselves: ${crashes.join('\n')}`, {
      cause,
    });
  } finally {
    sender.close();
    await Promise.all(processes.map((one) => one.destroy()));
    await rm(folder, { recursive: true });
  }
}

/** What was not as it must be, in one line each. */
export function problemsOf(result: SoakResult): string[] {
  const { answers, deliveries, counts, expected, lost, overlaps, unexplained, acceptedTwice, crashes } = result;
  const list = (what: string, lines: readonly string[]): string[] => lines.map((line) => `${what}: ${line}`);
  return [
    ...list('lost', lost),
    ...list('run twice at the same time', overlaps),
    ...list('effect repeated without a kill', unexplained),
    ...list('accepted twice', acceptedTwice),
    ...list('ended by itself', crashes),
    ...(answers < deliveries ? [`${answers} answers for ${deliveries} deliveries`] : []),
    ...(['waiting', 'running', 'done', 'dead'] as const)
      .filter((state) => counts[state] !== expected[state])
      .map((state) => `jobs ${state}: ${counts[state]}, not ${expected[state]}`),
  ];
}

/** In rounds: as many deliveries at once as connections allow, and at a random moment of the round somebody is killed. */
async function deliverAndKill(
  events: readonly SoakEvent[],
  processes: readonly SoakProcess[],
  sender: Sender,
  random: Random,
  { kills, progress }: SoakOptions,
): Promise<void> {
  const killed = (): number => processes.reduce((sum, one) => sum + one.kills.length, 0);
  const perRound = Math.ceil(events.length / kills);
  for (let round = 0; round * perRound < events.length || killed() < kills; round++) {
    const left = events.slice(round * perRound, (round + 1) * perRound);
    const roundMs = random.between(600, 2_200);
    const victims = random.happens(0.1) ? processes : [processes[random.below(processes.length)]];
    // Every second time among the answers, else at any time.
    const isAmongAnswers = left.length > 0 && random.happens(0.5);
    const answersBefore = sender.answers.length + random.below(left.length);
    const killAtMs = performance.now() + random.between(0, roundMs);
    const isTime = (): boolean =>
      isAmongAnswers ? sender.answers.length > answersBefore : performance.now() >= killAtMs;

    const sent = sendAll(left, sender, random);
    const rested = sleep(roundMs);
    while (!isTime()) await sleep(1);
    for (const victim of victims) victim?.killAndRestart();
    await Promise.all([sent, rested]);
    if (round % 10 === 9) {
      progress?.(`${Math.min(events.length, (round + 1) * perRound)} deliveries answered, ${killed()} kills`);
    }
  }
}

/** Over many connections; some events twice at the same time. */
async function sendAll(events: readonly SoakEvent[], sender: Sender, random: Random): Promise<void> {
  const left = events.values();
  const sendNext = async (): Promise<void> => {
    for (const event of left) await sender.deliver(event, random.happens(0.05) ? 2 : 1);
  };
  await Promise.all(Array.from({ length: connections }, sendNext));
}

/** Wait until no job is left that could be run; gives how many there are, also if it takes too long. */
async function drain(inboxFile: string, patienceMs: number): Promise<JobCounts> {
  const inbox = sqliteInbox(inboxFile);
  try {
    const giveUpAtMs = performance.now() + patienceMs;
    for (;;) {
      const counts = await inbox.inspection.counts();
      if (counts.waiting + counts.running === 0 || performance.now() > giveUpAtMs) return counts;
      await sleep(100);
    }
  } finally {
    await inbox.close();
  }
}

/** Short, so that what a killed process held comes back within a few rounds; long enough for one that gets no CPU for two seconds. */
const leaseMs = 4_000;
const connections = 32;
