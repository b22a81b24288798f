import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { attacks } from './attacks.ts';
import { type GoodResult, startGoodSender } from './good-sender.ts';
import type { HostileLoad } from './load.ts';
import { readStored, type StoredJob } from './read-stored.ts';
import type { Framework, NodeLimits, ServerMeasures } from './server/server-order.ts';
import { type ServerUnderAttack, startServer } from './server/start-server.ts';
import { startAttackers } from './start-attackers.ts';
import type { AttackReport } from './tally.ts';

export interface HostileOptions {
  readonly framework: Framework;
  readonly load: HostileLoad;
  /** By name. */
  readonly attacks: readonly string[];
  /** How long nobody attacks, before and after. */
  readonly calmMs: number;
  /** How long each attack goes on while there is no other one; 0: none of them does. */
  readonly aloneMs: number;
  /** How long all of them go on. */
  readonly togetherMs: number;
  /** @default that of the receiver, 10 000 */
  readonly bodyTimeoutMs?: number | undefined;
  /** How late what has to come may come. @default 5 000 */
  readonly graceMs?: number | undefined;
  readonly node?: NodeLimits | undefined;
  /** See `GoodSenderOptions`. */
  readonly keepsConnections?: boolean | undefined;
  /** See `GoodSenderOptions`. */
  readonly answerWithinMs?: number | undefined;
  readonly progress?: ((phase: Phase) => void) | undefined;
}

export interface Phase {
  readonly name: string;
  readonly isAttack: boolean;
  readonly good: GoodResult;
  readonly server: ServerMeasures;
  readonly reports: readonly AttackReport[];
}

export interface HostileResult {
  readonly phases: readonly Phase[];
  /** Bytes in use after a collection, before the first attack and after the last. */
  readonly heapBytes: { readonly before: number; readonly after: number };
  /** Connections that were still open some seconds after the last attack. */
  readonly socketsLeft: number;
  readonly stored: readonly StoredJob[];
  /** Everything that the server wrote. */
  readonly lines: readonly string[];
  readonly durationMs: number;
}

/** Attack a server while good deliveries come in, first with each attack, then with all of them. */
export async function runHostile(options: HostileOptions): Promise<HostileResult> {
  const { framework, bodyTimeoutMs, node, calmMs, aloneMs, togetherMs } = options;
  requireFiles(options.load);
  const startedAtMs = performance.now();
  const folder = await mkdtemp(join(tmpdir(), 'twenty-hostile-'));
  const inboxFile = join(folder, 'inbox.sqlite');
  let server: ServerUnderAttack | undefined;
  try {
    server = await startServer({ framework, inboxFile, bodyTimeoutMs, node });
    const phases: Phase[] = [];
    const pass = async (name: string, durationMs: number, names: readonly string[]): Promise<void> => {
      const phase = await runPhase(server as ServerUnderAttack, { name, durationMs, names, ...options });
      phases.push(phase);
      options.progress?.(phase);
    };
    await pass('calm', calmMs, []);
    const before = await server.heapBytes();
    if (aloneMs > 0 && options.attacks.length > 1) {
      for (const name of options.attacks) await pass(name, aloneMs, [name]);
    }
    await pass(options.attacks.length > 1 ? 'all together' : (options.attacks[0] ?? ''), togetherMs, options.attacks);
    await pass('calm again', calmMs, []);
    const socketsLeft = await waitForSockets(server);
    const after = await server.heapBytes();
    const stored = await waitForJobs(inboxFile);
    const durationMs = performance.now() - startedAtMs;
    return { phases, heapBytes: { before, after }, socketsLeft, stored, lines: server.lines, durationMs };
  } finally {
    await server?.kill();
    await rm(folder, { recursive: true });
  }
}

interface PhaseOptions extends HostileOptions {
  readonly name: string;
  readonly durationMs: number;
  readonly names: readonly string[];
}

async function runPhase(server: ServerUnderAttack, options: PhaseOptions): Promise<Phase> {
  const {
    name,
    durationMs,
    names,
    load,
    bodyTimeoutMs = 10_000,
    graceMs = 5_000,
    keepsConnections,
    answerWithinMs,
  } = options;
  const { port } = server;
  const attackers = await Promise.all(
    groupsOf(names).map((group) => startAttackers({ attacks: group, port, load, bodyTimeoutMs, graceMs })),
  );
  try {
    await server.begin();
    const sender = startGoodSender(port, { perSecond: load.goodPerSecond, keepsConnections, answerWithinMs });
    await sleep(durationMs);
    const measures = await server.measure();
    const [good, ...reports] = await Promise.all([sender.stop(), ...attackers.map((one) => one.stop())]);
    return { name, isAttack: names.length > 0, good, server: measures, reports: reports.flat() };
  } finally {
    for (const one of attackers) one.kill();
  }
}

/** The one that takes most of a CPU has a process of its own. */
function groupsOf(names: readonly string[]): string[][] {
  const [heavy, light] = [true, false].map((isHeavy) =>
    names.filter((name) => (name === 'bad-signatures') === isHeavy),
  );
  return [heavy ?? [], light ?? []].filter((group) => group.length > 0);
}

async function waitForSockets(server: ServerUnderAttack): Promise<number> {
  const giveUpAtMs = performance.now() + 20_000;
  for (;;) {
    const sockets = await server.sockets();
    if (sockets === 0 || performance.now() > giveUpAtMs) return sockets;
    await sleep(50);
  }
}

/** What is stored runs at once; what does not end in some seconds is for the judge. */
async function waitForJobs(inboxFile: string): Promise<StoredJob[]> {
  const giveUpAtMs = performance.now() + 20_000;
  for (;;) {
    const jobs = readStored(inboxFile);
    if (jobs.every(({ state }) => state === 'done') || performance.now() > giveUpAtMs) return jobs;
    await sleep(50);
  }
}

/** Each connection is a file for the server, and one for its attacker. */
function requireFiles({ slowConnections, halfOpenConnections }: HostileLoad): void {
  const needed = slowConnections + halfOpenConnections + 500;
  // Node takes as many as the hard limit allows, and its children get as many.
  const limit = execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }).trim();
  if (limit === 'unlimited' || Number(limit) >= needed) return;
  throw new Error(
    `A process may open ${limit} files here, and ${needed} are needed: raise the hard limit (ulimit -Hn)`,
  );
}

export const attackNames: readonly string[] = attacks.map(({ name }) => name);
