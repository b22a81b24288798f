import { type BodySize, bodySizes } from './bodies.ts';
import { createOctokit } from './contenders/octokit.ts';
import { createStandardWebhooks, createSvix } from './contenders/standard-webhooks.ts';
import { createStripe } from './contenders/stripe.ts';
import { createTern } from './contenders/tern.ts';
import { createTwenty } from './contenders/twenty.ts';
import { measure } from './measure.ts';
import type { Report } from './report.ts';
import { medianOf, speedRatio } from './rounds.ts';
import { ratioCell } from './table.ts';

const leastOf = (size: BodySize): number | 'faster' => (size === '1.4 kB' || size === '9 kB' ? 'faster' : 0.95);

/** `receive` beside other libraries, each with the signature scheme of its own sender over the same body. */
export async function benchLibraries(report: Report): Promise<void> {
  for (const size of bodySizes) {
    const twenty = createTwenty('@twenty-webhooks/core', () => {}, { idempotency: 'off' });
    const others = [createOctokit(), createStripe(), createTern(), createStandardWebhooks(), createSvix()];
    const rounds = await measure([twenty, ...others], size);
    const cost = (name: string): string => medianOf(rounds, name).toFixed(2);
    const ratioTo = (name: string) => speedRatio(rounds, twenty.name, name);
    const rows = [twenty, ...others].map(({ name }) => [name, cost(name), ratioCell(ratioTo(name))]);
    report.table(`libraries, bodies of ${size}`, ['', 'µs CPU per delivery', 'our speed, theirs = 1'], rows);
    const [next] = others.map(({ name }) => name).sort((one, other) => ratioTo(one).median - ratioTo(other).median);
    for (const { name } of others) {
      const bar = { name: `receive, ${size}, beside ${name}`, ratio: ratioTo(name), least: leastOf(size) };
      const what = `receive, ${size}, beside the next library`;
      const words = { what, ours: `${cost(twenty.name)} µs`, beside: `${name}: ${cost(name)} µs` };
      report.bar(bar, size === '9 kB' && name === next ? words : undefined);
    }
  }
}
