import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JobCounts } from '@twenty-webhooks/core';
import { findFreePort, type ServerProcess } from '@twenty-webhooks/services';
import { monotonicMs, readLedger } from '../../bench/src/soak/ledger.ts';
import { checkCluster, type Verdict } from './check-cluster.ts';
import { handlers } from './cluster-handlers.ts';
import type { Outage } from './cluster-record.ts';
import { type ClusterEvent, makeEvents } from './events.ts';
import { type ClusterStorage, openInbox } from './open-inbox.ts';
import { createSender, type Sender } from './sender.ts';
import { type ConsoleLine, type Place, startPlace } from './start-place.ts';
import { startProxy } from './start-proxy.ts';

export interface ClusterOptions {
  readonly storage: ClusterStorage;
  /** Is killed and started again in the middle. Without one the database stays up. */
  readonly database?: ServerProcess | undefined;
  readonly events: number;
}

export interface ClusterResult extends Verdict {
  readonly counts: JobCounts;
  readonly crashes: readonly string[];
  readonly lines: readonly ConsoleLine[];
  readonly outages: readonly Outage[];
  /** Attempts by answer: `200 accepted`, `503 INBOX_UNAVAILABLE`, … */
  readonly answers: Readonly<Record<string, number>>;
  /** How many pairs of copies had their first answers from two servers. */
  readonly pairsOnTwoServers: number;
  readonly kills: number;
  readonly deliveredMs: number;
  readonly drainedMs: number;
}

/**
 * Deliver events to three receivers through a proxy while three workers run their jobs. One of each is killed a quarter of the
 * way and again at three quarters, and in the middle the database.
 */
export async function runCluster({ storage, database, events: count }: ClusterOptions): Promise<ClusterResult> {
  const folder = await mkdtemp(join(tmpdir(), 'twenty-cluster-'));
  const ledgerFile = join(folder, 'ledger.jsonl');
  const events = makeEvents(count);
  const ports: number[] = [];
  while (ports.length < 3) ports.push(await findFreePort());
  const receivers = ports.map((port) => startPlace({ storage, ledgerFile, port }));
  const workers = ports.map(() => startPlace({ storage, ledgerFile }));
  const places = [...receivers, ...workers];
  const proxy = await startProxy(ports);
  const sender = createSender(proxy.port);
  try {
    await Promise.all(places.map((place) => place.ready()));
    const startedAtMs = monotonicMs();
    const [outages] = await Promise.all([
      disturb(sender, { receivers, workers, database, deliveries: count }),
      sendAll(events, sender),
    ]);
    const deliveredMs = monotonicMs() - startedAtMs;
    const counts = await drain(storage);
    const drainedMs = monotonicMs() - startedAtMs;
    await Promise.all(places.map((place) => place.stop()));

    const runs = readLedger(ledgerFile).filter((line) => line.what !== 'log');
    const kills = places.flatMap((place) => place.kills);
    const { attempts } = sender;
    return {
      ...checkCluster({ events: count, handlers, attempts, runs, kills, outages }),
      counts,
      crashes: places.flatMap((place) => place.crashes),
      lines: places.flatMap((place) => place.lines),
      outages,
      answers: countBy(attempts.map(({ status, outcome }) => `${status} ${outcome}`.trim())),
      pairsOnTwoServers: countPairs(attempts),
      kills: kills.length,
      deliveredMs,
      drainedMs,
    };
  } catch (cause) {
    const seen = places.flatMap(({ crashes, lines }) => [...crashes, ...lines.slice(-5).map(({ text }) => text)]);
    throw new Error(`the cluster did not come to its end. From its processes:\n${seen.join('\n')}`, { cause });
  } finally {
    sender.close();
    await Promise.all([proxy.close(), ...places.map((place) => place.destroy())]);
    await rm(folder, { recursive: true });
  }
}

interface Cluster {
  readonly receivers: readonly Place[];
  readonly workers: readonly Place[];
  readonly database: ServerProcess | undefined;
  readonly deliveries: number;
}

async function disturb(sender: Sender, { receivers, workers, database, deliveries }: Cluster): Promise<Outage[]> {
  const outages: Outage[] = [];
  const untilAnswered = async (share: number): Promise<void> => {
    while (sender.answered < deliveries * share && !sender.isClosed) await sleep(5);
  };
  // Nobody waits until the next ones are up: deliveries go on meanwhile.
  const killOneOfEach = (index: number): void => {
    workers[index]?.killAndRestart();
    receivers[index]?.killAndRestart();
  };

  await untilAnswered(0.25);
  killOneOfEach(0);
  await untilAnswered(0.5);
  if (database !== undefined) {
    await database.kill();
    const fromMs = monotonicMs();
    await sleep(downMs);
    outages.push({ fromMs, toMs: monotonicMs() });
    await database.start();
  }
  await untilAnswered(0.75);
  killOneOfEach(1);
  return outages;
}

/** As many at once as a busy Twenty sends. */
async function sendAll(events: readonly ClusterEvent[], sender: Sender): Promise<void> {
  const left = events.values();
  const sendNext = async (): Promise<void> => {
    for (const event of left) await sender.deliver(event);
  };
  await Promise.all(Array.from({ length: connections }, sendNext));
}

/** Wait until no job is left that could be run; gives how many there are, also if it takes too long. */
async function drain(storage: ClusterStorage): Promise<JobCounts> {
  const inbox = await openInbox(storage);
  try {
    const giveUpAtMs = monotonicMs() + patienceMs;
    for (;;) {
      const counts = await inbox.inspection.counts();
      if (counts.waiting + counts.running === 0 || monotonicMs() > giveUpAtMs) return counts;
      await sleep(250);
    }
  } finally {
    await inbox.close();
  }
}

function countBy(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

function countPairs(attempts: Sender['attempts']): number {
  const servers = new Map<number, Map<number, string | undefined>>();
  for (const { event, copy, upstream } of attempts) {
    const ofEvent = servers.get(event) ?? new Map<number, string | undefined>();
    servers.set(event, ofEvent);
    if (!ofEvent.has(copy)) ofEvent.set(copy, upstream);
  }
  return [...servers.values()].filter((ofEvent) => new Set(ofEvent.values()).size === 2).length;
}

const connections = 32;
/** Longer than an answer may take: who waits for the database is found out. So short that no lease runs out meanwhile. */
const downMs = 4_000;
/** A lease of ten seconds, what a queue adds to it, and what is left to be run. */
const patienceMs = 60_000;
