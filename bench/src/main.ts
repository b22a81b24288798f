import { availableParallelism, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { benchBacklog } from './backlog.ts';
import { benchEngines } from './engines.ts';
import { benchFunctions } from './functions.ts';
import { benchHttp } from './http.ts';
import { benchInbox } from './inbox.ts';
import { benchLibraries } from './libraries.ts';
import { benchReceive } from './receive.ts';
import { createReport, type Report } from './report.ts';
import { benchSlowHandlers } from './slow-handlers.ts';
import { benchStartUp } from './start-up.ts';
import { storeResult } from './store-results.ts';

// `pnpm bench [--only receive|libraries|functions|http|inbox|engines|backlog|slow-handlers|start-up] [--backlog 1000000] [--check]`
// writes RESULTS.md; sections that it leaves out keep their last results there. Ratios of one run are what counts; times depend on
// the machine.

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    backlog: { type: 'string', default: '1000000' },
    check: { type: 'boolean' },
  },
});
const backlogJobs = Number(values.backlog);
if (!Number.isSafeInteger(backlogJobs) || backlogJobs < 1_000) throw new Error('--backlog takes a number from 1000');

const sections: Readonly<Record<string, (report: Report) => Promise<void>>> = {
  receive: benchReceive,
  libraries: benchLibraries,
  functions: benchFunctions,
  http: benchHttp,
  inbox: benchInbox,
  engines: benchEngines,
  backlog: (report) => benchBacklog(report, backlogJobs),
  'slow-handlers': benchSlowHandlers,
  'start-up': benchStartUp,
};

const machine = `Node ${process.version} on ${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown'}`;
console.log(machine);
const chosen = values.only ?? Object.keys(sections);
const unknown = chosen.find((name) => !Object.hasOwn(sections, name));
if (unknown !== undefined) throw new Error(`--only takes ${Object.keys(sections).join(', ')}, not ${unknown}`);

let areReached = true;
for (const name of chosen) {
  const report = createReport();
  const startedAtMs = performance.now();
  await sections[name]?.(report);
  report.printBars();
  console.log(`  ${name} took ${((performance.now() - startedAtMs) / 1_000).toFixed(0)} s`);
  const result = report.result(new Date(), machine);
  await storeResult(name, result, Object.keys(sections));
  areReached &&= result.bars.every(({ isReached }) => isReached);
}
if (values.check && !areReached) process.exitCode = 1;
