import { parseArgs } from 'node:util';
import { fullLoad } from './load.ts';
import { describePhase, printHostile } from './print-hostile.ts';
import { attackNames, runHostile } from './run-hostile.ts';
import { frameworks } from './server/server-order.ts';

// `pnpm hostile [--seconds 60] [--only bad-signatures] [--framework express]`: good deliveries to a server that is attacked. With
// `--limits` Node's server has the time limits of the deployment checklist, with `--kept` good deliveries come over connections that
// are kept open, as from a proxy.

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    only: { type: 'string' },
    framework: { type: 'string', default: 'express' },
    limits: { type: 'boolean', default: false },
    kept: { type: 'boolean', default: false },
  },
});
const seconds = Number(values.seconds);
if (!(seconds >= 1)) throw new Error('--seconds takes a number from 1');
const framework = frameworks.find((name) => name === values.framework);
if (framework === undefined) throw new Error(`--framework takes one of ${frameworks.join(', ')}`);
if (values.only !== undefined && !attackNames.includes(values.only)) {
  throw new Error(`--only takes one of ${attackNames.join(', ')}`);
}

const node = values.limits
  ? { headersTimeout: 10_000, requestTimeout: 15_000, connectionsCheckingInterval: 5_000 }
  : undefined;
console.log(
  `hostile: ${framework}, ${seconds} s of ${values.only ?? 'all attacks'}, Node's ${node ? 'limits set' : 'default limits'}`,
);
const result = await runHostile({
  framework,
  load: fullLoad,
  attacks: attackNames.filter((name) => name === (values.only ?? name)),
  calmMs: 5_000,
  aloneMs: 5_000,
  togetherMs: seconds * 1_000,
  node,
  keepsConnections: values.kept,
  progress: (phase) => console.log(`  ${describePhase(phase)}`),
});
if (!printHostile(result)) process.exitCode = 1;
