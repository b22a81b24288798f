import { availableParallelism, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { type Bar, isReached, printBars } from './bar.ts';
import { benchHttp } from './http.ts';
import { benchLibraries } from './libraries.ts';
import { benchReceive } from './receive.ts';

// `pnpm bench [--only receive|libraries|http] [--check]`. Ratios of one run are what counts; times depend on the machine.

const sections: Readonly<Record<string, () => Promise<Bar[]>>> = {
  receive: benchReceive,
  libraries: benchLibraries,
  http: benchHttp,
};

const { values } = parseArgs({ options: { only: { type: 'string', multiple: true }, check: { type: 'boolean' } } });
const chosen = values.only ?? Object.keys(sections);

console.log(`Node ${process.version} on ${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown'}`);
const bars: Bar[] = [];
for (const name of chosen) {
  const bench = sections[name];
  if (bench === undefined) throw new Error(`--only takes ${Object.keys(sections).join(', ')}`);
  bars.push(...(await bench()));
}
printBars(bars);
if (values.check && !bars.every(isReached)) process.exitCode = 1;
