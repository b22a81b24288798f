import { bodySizes } from './bodies.ts';
import { createFloor, createFloorWithHash } from './contenders/floor.ts';
import { createTwenty } from './contenders/twenty.ts';
import { measure } from './measure.ts';
import type { Report } from './report.ts';
import { medianOf, speedRatio } from './rounds.ts';
import { ratioCell } from './table.ts';

/** `receive` beside what nobody can do without. */
export async function benchReceive(report: Report): Promise<void> {
  for (const size of bodySizes) {
    const floor = createFloor();
    const bare = createTwenty("receive, idempotency 'off'", () => {}, { idempotency: 'off' });
    const full = createTwenty('receive, default settings', () => {});
    const rest = createTwenty("receive, idempotency 'off', async handler", async () => {}, { idempotency: 'off' });
    const contenders = [floor, bare, rest, full, createFloorWithHash()];
    const rounds = await measure(contenders, size);
    const cost = (name: string): string => medianOf(rounds, name).toFixed(2);
    const rows = contenders.map(({ name }) => [name, cost(name), ratioCell(speedRatio(rounds, name, floor.name))]);
    report.table(`receive, bodies of ${size}`, ['', 'µs CPU per delivery', 'speed, floor = 1'], rows);
    for (const [{ name }, least] of [
      [bare, 0.95],
      [full, 0.75],
    ] as const) {
      const bar = { name: `${name}, ${size}, of the floor`, ratio: speedRatio(rounds, name, floor.name), least };
      const words = {
        what: `${name}, ${size}`,
        ours: `${cost(name)} µs`,
        beside: `HMAC, JSON.parse: ${cost(floor.name)} µs`,
      };
      report.bar(bar, size === '1.4 kB' || (size === '100 kB' && name === bare.name) ? words : undefined);
    }
  }
}
