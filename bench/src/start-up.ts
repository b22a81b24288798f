import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { type Bar, factBar } from './bar.ts';
import { rotate } from './measure.ts';
import { medianOf, speedRatio } from './rounds.ts';
import { printTable, ratioCell } from './table.ts';

/** How long the command line tool takes to do nothing much, beside a Node that does nothing at all. Needs a build. */
export async function benchStartUp(): Promise<Bar[]> {
  const times = new Map<string, number[]>(Object.keys(commands).map((name) => [name, []]));
  // The first round finds cold files.
  for (let round = -1; round < rounds; round++) {
    for (const [name, args] of rotate(Object.entries(commands), Math.max(round, 0))) {
      const startedAtMs = performance.now();
      const { status } = spawnSync(process.execPath, args, { stdio: 'ignore', timeout: 10_000 });
      if (status !== 0) throw new Error(`${name} ended with ${status}`);
      if (round >= 0) times.get(name)?.push(performance.now() - startedAtMs);
    }
  }
  const rows = Object.keys(commands).map((name) => [
    name,
    medianOf(times, name).toFixed(0),
    ratioCell(speedRatio(times, name, bareNode)),
  ]);
  printTable(`start-up of the command line tool, ${rounds} rounds`, ['', 'ms', 'speed beside bare Node'], rows);
  const help = medianOf(times, 'twenty-webhooks --help');
  return [factBar(`start-up: ${allowedMs} ms, of twenty-webhooks --help`, allowedMs / help)];
}

const rounds = 15;
const allowedMs = 300;
const bareNode = 'node -e 0';
const main = join(import.meta.dirname, '../../packages/cli/dist/main.js');
const commands: Readonly<Record<string, readonly string[]>> = {
  [bareNode]: ['-e', '0'],
  'twenty-webhooks --version': [main, '--version'],
  'twenty-webhooks --help': [main, '--help'],
  'twenty-webhooks send --help': [main, 'send', '--help'],
};
