import { parseArgs } from 'node:util';
import { printSoak } from './print-soak.ts';
import { problemsOf, runSoak } from './run-soak.ts';

// `pnpm soak [--deliveries 10000] [--kills 100] [--seed 1]`: kill servers under load and see whether what they had answered
// with 200 was done.

const { values } = parseArgs({
  options: {
    deliveries: { type: 'string', default: '10000' },
    kills: { type: 'string', default: '100' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const toCount = (name: keyof typeof values): number => {
  const count = Number(values[name]);
  if (!Number.isSafeInteger(count) || count < 1) throw new Error(`--${name} takes a whole number from 1`);
  return count;
};

const options = { deliveries: toCount('deliveries'), kills: toCount('kills'), seed: toCount('seed') };
console.log(`soak: ${options.deliveries} deliveries, ${options.kills} kills, seed ${options.seed}`);
const result = await runSoak({ ...options, progress: (line) => console.log(`  ${line}`) });
printSoak(result);
if (problemsOf(result).length > 0) process.exitCode = 1;
