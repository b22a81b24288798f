import type { Bar } from './bar.ts';
import type { BodySize } from './bodies.ts';
import { createFloor } from './contenders/floor.ts';
import { createTwenty } from './contenders/twenty.ts';
import { measure } from './measure.ts';
import { medianOf, speedRatio } from './rounds.ts';
import { printTable, ratioCell } from './table.ts';

const leasts: Record<BodySize, number> = { '1.4 kB': 0.9, '100 kB': 0.95 };

/** `receive` beside what nobody can do without. */
export async function benchReceive(): Promise<Bar[]> {
  const bars: Bar[] = [];
  for (const size of ['1.4 kB', '100 kB'] as const) {
    const floor = createFloor();
    const bare = createTwenty("receive, idempotency 'off'", () => {}, { idempotency: 'off' });
    const rest = [
      createTwenty("receive, idempotency 'off', async handler", async () => {}, { idempotency: 'off' }),
      createTwenty('receive, default settings', () => {}),
    ];
    const contenders = [floor, bare, ...rest];
    const rounds = await measure(contenders, size);
    const rows = contenders.map(({ name }) => [
      name,
      medianOf(rounds, name).toFixed(2),
      ratioCell(speedRatio(rounds, name, floor.name)),
    ]);
    printTable(`receive, bodies of ${size}`, ['', 'µs CPU per delivery', 'speed, floor = 1'], rows);
    const ratio = speedRatio(rounds, bare.name, floor.name);
    bars.push({ name: `receive, ${size}, of the floor`, ratio, least: leasts[size] });
  }
  return bars;
}
