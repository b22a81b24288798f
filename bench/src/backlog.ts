import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type GatedInbox, inFlight, openGatedInbox } from './backlog/gated-inbox.ts';
import { type Looks, look } from './backlog/look.ts';
import { handler, type Kind, kinds } from './backlog/make-file.ts';
import { watchSweep } from './backlog/sweep.ts';
import { factBar } from './bar.ts';
import { makeEntries } from './inbox/entries.ts';
import { collectGarbage, rotate } from './measure.ts';
import type { Report } from './report.ts';
import { medianOf, type Rounds, speedRatio } from './rounds.ts';
import { ratioCell } from './table.ts';

const jobsPerSlot = 512;
const warmUpRounds = 30;
const measuredRounds = 60;

const sweepMs = 1_500;

const empty = 'an empty file';
const works = ['put', 'claim, run, settle'] as const;

/** Files with many stored jobs beside an empty one. */
export async function benchBacklog(report: Report, jobs = 1_000_000): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'twenty-bench-'));
  try {
    const paths = new Map(kinds.map((kind) => [nameOf(kind, jobs), join(folder, `${kind}.sqlite`)]));
    await Promise.all(kinds.map((kind) => makeFileAside(paths.get(nameOf(kind, jobs)) ?? '', kind, jobs)));
    paths.set(empty, join(folder, 'empty.sqlite'));
    const looks = new Map<string, Looks>();
    for (const [name, path] of paths) looks.set(name, await look(path, handler));
    printLooks(report, looks);
    const swept = await watchSweep(paths.get(nameOf('done', jobs)) ?? '', sweepMs);
    report.note(
      `jobs that are too old: ${swept.jobs} deleted in ${sweepMs} ms, the event loop busy for ${swept.busyMicroseconds.toFixed(0)} µs per job`,
    );
    await benchWork(report, paths);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const nameOf = (kind: Kind, jobs: number): string => `${jobs} jobs, ${kind}`;

async function makeFileAside(path: string, kind: Kind, jobs: number): Promise<void> {
  const script = join(import.meta.dirname, 'backlog/make-file-process.ts');
  const [code] = await once(fork(script, [path, kind, String(jobs)], { execArgv: [] }), 'exit');
  if (code !== 0) throw new Error(`the file ${path} was not made`);
}

function printLooks(report: Report, looks: ReadonlyMap<string, Looks>): void {
  const columns: Record<keyof Looks, string> = {
    open: 'open',
    counts: 'counts()',
    listDead: '50 dead',
    listWaiting: '50 waiting',
    listHandler: '100 of the handler',
    listUnknownHandler: 'of an unknown handler',
    purgeOfFew: 'purge of few',
  };
  const rows = [...looks].map(([name, times]) => [
    name,
    ...Object.keys(columns).map((column) => times[column as keyof Looks].toFixed(1)),
  ]);
  report.table('looking into a file, milliseconds', ['', ...Object.values(columns)], rows);
}

/** Put jobs into each file and run as many, in rotation. */
async function benchWork(report: Report, paths: ReadonlyMap<string, string>): Promise<void> {
  const files: { name: string; inbox: GatedInbox }[] = [];
  try {
    for (const [name, path] of paths) {
      const inbox = openGatedInbox(path);
      files.push({ name, inbox });
      if (name.endsWith('one record')) report.note(`${name}: ${await timeUntilAnother(inbox)}`);
    }
    const { rounds, rssBefore, rssAfter } = await measureWork(files);
    const rows = files.map(({ name }) => [
      name,
      ...works.flatMap((work) => [
        medianOf(rounds, `${work} ${name}`).toFixed(1),
        ratioCell(speedRatio(rounds, `${work} ${name}`, `${work} ${empty}`)),
      ]),
    ]);
    const head = ['', ...works.flatMap((work) => [`${work}: µs per job`, 'speed, empty = 1'])];
    report.table(`jobs of 1.4 kB, ${inFlight} puts in flight, handlers that do nothing`, head, rows);
    report.note(`memory of the process: ${megabytes(rssBefore)} before the rounds, ${megabytes(rssAfter)} after them`);
    for (const { name } of files) {
      if (name === empty) continue;
      for (const work of works) {
        const ratio = speedRatio(rounds, `${work} ${name}`, `${work} ${empty}`);
        report.bar({ name: `${work}, ${name}, of the speed on an empty file`, ratio, least: 0.5 });
      }
    }
    report.bar({ ...factBar('memory of the process, before of after', rssBefore / rssAfter), least: 0.85 });
  } finally {
    for (const { inbox } of files) await inbox.close();
  }
}

/** How long a new job of another record waits when the jobs of one record are in its way, right after the start. */
async function timeUntilAnother(inbox: GatedInbox): Promise<string> {
  const entries = await makeEntries(1);
  const start = performance.now();
  const begun = inbox.begun(entries[0]?.event.record?.id ?? '');
  await inbox.put(entries);
  const putMs = performance.now() - start;
  await begun;
  const ms = performance.now() - start;
  return `a job of another record was stored after ${putMs.toFixed(0)} ms, and began after ${ms.toFixed(0)} ms`;
}

interface Work {
  readonly rounds: Rounds;
  readonly rssBefore: number;
  readonly rssAfter: number;
}

/** Microseconds on the clock per job. */
async function measureWork(files: readonly { name: string; inbox: GatedInbox }[]): Promise<Work> {
  const times = new Map<string, number[]>(works.flatMap((work) => files.map(({ name }) => [`${work} ${name}`, []])));
  let rssBefore = 0;
  for (let round = -warmUpRounds; round < measuredRounds; round++) {
    if (round === 0) rssBefore = rss();
    for (const { name, inbox } of rotate(files, round)) {
      const entries = await makeEntries(jobsPerSlot);
      const start = performance.now();
      await inbox.put(entries);
      const put = performance.now();
      await inbox.run(jobsPerSlot);
      const ran = performance.now();
      if (round < 0) continue;
      times.get(`put ${name}`)?.push(((put - start) * 1_000) / jobsPerSlot);
      times.get(`claim, run, settle ${name}`)?.push(((ran - put) * 1_000) / jobsPerSlot);
    }
  }
  return { rounds: times, rssBefore, rssAfter: rss() };
}

function rss(): number {
  collectGarbage({ type: 'major' });
  return process.memoryUsage.rss();
}

const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`;
