import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { factBar } from './bar.ts';
import { rotate } from './measure.ts';
import type { Report } from './report.ts';
import { medianOf, type Rounds, speedRatio } from './rounds.ts';
import { benchInstallSize } from './start-up/install-size.ts';
import { ratioCell } from './table.ts';

/** How long the command line tool, and an import of each package, take beside a Node that does nothing at all. Needs a build. */
export async function benchStartUp(report: Report): Promise<void> {
  const times = measureStarts({ [bareNode]: ['-e', '0'], ...tools, ...importsOf(imports) });
  for (const [title, names] of [
    ['start-up of the command line tool', Object.keys(tools)],
    ['start-up of a process that imports', imports],
  ] as const) {
    const rows = [bareNode, ...names].map((name) => [
      name,
      medianOf(times, name).toFixed(0),
      ratioCell(speedRatio(times, name, bareNode)),
    ]);
    report.table(`${title}, ${rounds} rounds`, ['', 'ms', 'speed beside bare Node'], rows);
  }
  const help = medianOf(times, 'twenty-webhooks --help');
  report.bar(factBar(`start-up: ${allowedMs} ms, of twenty-webhooks --help`, allowedMs / help));
  benchInstallSize(report);
}

const rounds = 9;
const allowedMs = 300;
const bareNode = 'node -e 0';
const main = join(import.meta.dirname, '../../packages/cli/dist/main.js');
const tools: Readonly<Record<string, readonly string[]>> = {
  'twenty-webhooks --version': [main, '--version'],
  'twenty-webhooks --help': [main, '--help'],
  'twenty-webhooks send --help': [main, 'send', '--help'],
};

/** Frameworks alone, then with their adapter; libraries. */
const imports: readonly string[] = [
  '@twenty-webhooks/core',
  'standardwebhooks',
  'svix',
  'stripe',
  '@octokit/webhooks',
  '@hookflo/tern',
  ...['express', 'fastify', 'hono', 'next/server.js'].flatMap((framework) => [
    framework,
    `${framework}, @twenty-webhooks/${framework.split('/')[0]}`,
  ]),
];

const importsOf = (names: readonly string[]): Record<string, readonly string[]> =>
  Object.fromEntries(
    names.map((name) => {
      const code = name.split(', ').map((specifier) => `import '${specifier}';`);
      return [name, ['--input-type=module', '-e', code.join('')]];
    }),
  );

/** Milliseconds on the clock, by command. */
function measureStarts(commands: Readonly<Record<string, readonly string[]>>): Rounds {
  const times = new Map<string, number[]>(Object.keys(commands).map((name) => [name, []]));
  // The first round finds cold files.
  for (let round = -1; round < rounds; round++) {
    for (const [name, args] of rotate(Object.entries(commands), Math.max(round, 0))) {
      const startedAtMs = performance.now();
      // Here the packages are found that only this folder has.
      const options = { cwd: import.meta.dirname, stdio: 'ignore', timeout: 10_000 } as const;
      const { status } = spawnSync(process.execPath, args, options);
      if (status !== 0) throw new Error(`${name} ended with ${status}`);
      if (round >= 0) times.get(name)?.push(performance.now() - startedAtMs);
    }
  }
  return times;
}
