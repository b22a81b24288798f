import type { Bar } from './bar.ts';
import type { BodySize } from './bodies.ts';
import { createOctokit } from './contenders/octokit.ts';
import { createStandardWebhooks, createSvix } from './contenders/standard-webhooks.ts';
import { createStripe } from './contenders/stripe.ts';
import { createTern } from './contenders/tern.ts';
import { createTwenty } from './contenders/twenty.ts';
import { measure } from './measure.ts';
import { medianOf, speedRatio } from './rounds.ts';
import { printTable, ratioCell } from './table.ts';

const leasts: Record<BodySize, number | 'faster'> = { '1.4 kB': 'faster', '100 kB': 0.95 };

/** `receive` beside other libraries, each with the signature scheme of its own sender over the same body. */
export async function benchLibraries(): Promise<Bar[]> {
  const bars: Bar[] = [];
  for (const size of ['1.4 kB', '100 kB'] as const) {
    const twenty = createTwenty('@twenty-webhooks/core', () => {}, { idempotency: 'off' });
    const others = [createOctokit(), createStripe(), createTern(), createStandardWebhooks(), createSvix()];
    const rounds = await measure([twenty, ...others], size);
    const rows = [twenty, ...others].map(({ name }) => [
      name,
      medianOf(rounds, name).toFixed(2),
      ratioCell(speedRatio(rounds, twenty.name, name)),
    ]);
    printTable(`libraries, bodies of ${size}`, ['', 'µs CPU per delivery', 'our speed, theirs = 1'], rows);
    for (const { name } of others) {
      const ratio = speedRatio(rounds, twenty.name, name);
      bars.push({ name: `receive, ${size}, beside ${name}`, ratio, least: leasts[size] });
    }
  }
  return bars;
}
