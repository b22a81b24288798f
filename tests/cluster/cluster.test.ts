import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createDatabase,
  describeWith,
  durableRedis,
  findPostgresFolder,
  findProgram,
  startPostgres,
  startRedis,
} from '@twenty-webhooks/services';
import { expect, onTestFinished, test } from 'vitest';
import { type ClusterResult, runCluster } from './run-cluster.ts';

// Three receivers and three workers on one database, all of which are killed: what was answered with 200 is handled.

const timeoutMs = 180_000;
// Enough for each kill to meet deliveries and runs; more of them are between the kills.
const events = Number(process.env.CLUSTER_EVENTS ?? 1_500);

describeWith(findPostgresFolder(), 'a cluster on Postgres', () => {
  test('loses nothing when receivers, workers and the server are killed', { timeout: timeoutMs }, async () => {
    const database = await startPostgres();
    onTestFinished(() => database.close());
    const { url } = await createDatabase(database.url);
    expectAllHandled(await runCluster({ storage: { engine: 'postgres', url }, database, events }), events);
  });
});

describeWith(findProgram('redis-server'), 'a cluster on Redis', () => {
  test('loses nothing when receivers, workers and the server are killed', { timeout: timeoutMs }, async () => {
    const database = await startRedis({ settings: durableRedis });
    onTestFinished(() => database.close());
    const { port } = database;
    expectAllHandled(await runCluster({ storage: { engine: 'redis', port }, database, events }), events);
  });

  test('that keeps nothing on disk is found out', { timeout: timeoutMs }, async () => {
    const database = await startRedis();
    onTestFinished(() => database.close());
    const { port } = database;
    const { problems, crashes } = await runCluster({ storage: { engine: 'redis', port }, database, events: 500 });
    expect(problems).toContainEqual(expect.stringContaining('lost: '));
    expect(crashes).toEqual([]);
  });
});

test('processes on one SQLite file lose nothing when they are killed', { timeout: timeoutMs }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'twenty-cluster-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'inbox.sqlite');
  expectAllHandled(await runCluster({ storage: { engine: 'sqlite', path }, events: 1_000 }), 1_000);
});

function expectAllHandled(result: ClusterResult, count: number): void {
  const { problems, repeated, counts, crashes, lines, answers, pairsOnTwoServers, kills } = result;
  const { deliveredMs, drainedMs, slowestInOutageMs } = result;
  console.log(
    [
      `delivered in ${seconds(deliveredMs)}, handled in ${seconds(drainedMs)}, ${kills} processes killed`,
      `while the database was down, the slowest answer took ${slowestInOutageMs.toFixed(0)} ms`,
      `answers: ${JSON.stringify(answers)}; ${pairsOnTwoServers} pairs on two servers`,
      `${repeated.length} effects repeated:`,
      ...repeated.map((line) => `  ${line}`),
      `${lines.length} lines on consoles, from one process at the most ${JSON.stringify(busiestConsole(lines))}:`,
      ...lines
        .filter(({ text }) => text.startsWith('[twenty-webhooks]'))
        .slice(0, 12)
        .map(({ pid, text }) => `  ${pid}: ${text.slice(0, 160)}`),
    ].join('\n'),
  );
  expect({ problems, crashes, counts }).toEqual({
    problems: [],
    crashes: [],
    counts: { waiting: 0, running: 0, done: 2 * count, dead: 0 },
  });
  expect(kills).toBe(4);
  // Else it would say nothing about duplicates that another server has. How many is up to what comes in between at the proxy.
  expect(pairsOnTwoServers).toBeGreaterThan(0);
  expect(answers['200 duplicate']).toBeGreaterThan((count / 10) * 0.9);
  const { messagesMost, linesMost } = busiestConsole(lines);
  expect(messagesMost).toBeLessThanOrEqual(10);
  // Errors come with their stacks and causes, but not with the objects that belong to them.
  expect(linesMost).toBeLessThanOrEqual(60);
}

/** What the process that wrote most has written. Stacks and members of objects are indented. */
function busiestConsole(lines: ClusterResult['lines']): { readonly messagesMost: number; readonly linesMost: number } {
  const pids = [...new Set(lines.map(({ pid }) => pid))];
  const texts = pids.map((pid) => lines.filter((line) => line.pid === pid).map(({ text }) => text));
  return {
    messagesMost: Math.max(0, ...texts.map((ofOne) => ofOne.filter((text) => /^[^\s}]/.test(text)).length)),
    linesMost: Math.max(0, ...texts.map(({ length }) => length)),
  };
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
