import type { Bar } from './bar.ts';
import { connections, measureServers } from './http/measure-servers.ts';
import { servers } from './http/servers.ts';
import { startVariant } from './http/start-variant.ts';
import type { Variant } from './http/variant.ts';
import { medianOf, speedRatio } from './rounds.ts';
import { printTable, ratioCell } from './table.ts';

const variants = ['by hand', "adapter, idempotency 'off'", 'adapter, default settings'] as const;

const leasts: Partial<Record<Variant, number>> = {
  "adapter, idempotency 'off'": 0.9,
  'adapter, default settings': 0.8,
};

/** Each adapter beside a route written by hand in the same framework, over HTTP. */
export async function benchHttp(frameworks = Object.keys(servers)): Promise<Bar[]> {
  const bars: Bar[] = [];
  for (const framework of frameworks) {
    const { cpu, time } = await measureServers({ variants, start: (variant) => startVariant(framework, variant) });
    const rows = variants.map((variant) => [
      variant,
      medianOf(cpu, variant).toFixed(1),
      ratioCell(speedRatio(cpu, variant, 'by hand')),
      (1e6 / medianOf(time, variant)).toFixed(0),
      ratioCell(speedRatio(time, variant, 'by hand')),
    ]);
    const head = ['', 'server µs CPU per request', 'by hand = 1', 'requests/s', 'by hand = 1'];
    printTable(`${framework}, HTTP requests of 1.4 kB, ${connections} connections`, head, rows);
    for (const variant of variants) {
      const least = leasts[variant];
      if (least === undefined) continue;
      bars.push({ name: `${framework} ${variant}, of by hand`, ratio: speedRatio(cpu, variant, 'by hand'), least });
    }
  }
  return bars;
}
