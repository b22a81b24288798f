import { availableParallelism, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { benchBacklog } from './backlog.ts';
import { type Bar, isReached, printBars } from './bar.ts';
import { benchEngines } from './engines.ts';
import { benchHttp } from './http.ts';
import { benchInbox } from './inbox.ts';
import { benchLibraries } from './libraries.ts';
import { benchReceive } from './receive.ts';
import { benchSlowHandlers } from './slow-handlers.ts';
import { benchStartUp } from './start-up.ts';

// `pnpm bench [--only receive|libraries|http|inbox|engines|backlog|slow-handlers|start-up] [--backlog 1000000] [--check]`. Ratios of one
// run are what counts; times depend on the machine.

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    backlog: { type: 'string', default: '1000000' },
    check: { type: 'boolean' },
  },
});
const backlogJobs = Number(values.backlog);
if (!Number.isSafeInteger(backlogJobs) || backlogJobs < 1_000) throw new Error('--backlog takes a number from 1000');

/** Each gives its bars, or says itself whether its bar is reached. */
const sections: Readonly<Record<string, () => Promise<Bar[] | boolean>>> = {
  receive: benchReceive,
  libraries: benchLibraries,
  http: benchHttp,
  inbox: benchInbox,
  engines: benchEngines,
  backlog: () => benchBacklog(backlogJobs),
  'slow-handlers': benchSlowHandlers,
  'start-up': benchStartUp,
};

const chosen = values.only ?? Object.keys(sections);

console.log(`Node ${process.version} on ${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown'}`);
const bars: Bar[] = [];
let areReached = true;
for (const name of chosen) {
  const bench = sections[name];
  if (bench === undefined) throw new Error(`--only takes ${Object.keys(sections).join(', ')}`);
  const outcome = await bench();
  if (typeof outcome === 'boolean') areReached &&= outcome;
  else bars.push(...outcome);
}
printBars(bars);
if (values.check && !(areReached && bars.every(isReached))) process.exitCode = 1;
