import { connections, measureServers } from './http/measure-servers.ts';
import { servers } from './http/servers.ts';
import { startVariant } from './http/start-variant.ts';
import type { Report } from './report.ts';
import { medianOf, speedRatio } from './rounds.ts';
import { ratioCell } from './table.ts';

const variants = ['bare', 'by hand', "adapter, idempotency 'off'", 'adapter, default settings'] as const;
const plain = variants[2];

const leasts: Partial<Record<(typeof variants)[number], number>> = { [plain]: 0.95, 'adapter, default settings': 0.8 };

/**
 * Each adapter beside a route written by hand in the same framework, and one that only reads and answers, over HTTP. Every
 * server is a process of its own, and this one is the load: what the client takes is not on the server's account.
 */
export async function benchHttp(report: Report): Promise<void> {
  for (const framework of Object.keys(servers)) {
    const { cpu, time } = await measureServers({ variants, start: (variant) => startVariant(framework, variant) });
    const rows = variants.map((variant) => [
      variant,
      medianOf(cpu, variant).toFixed(1),
      ratioCell(speedRatio(cpu, variant, 'by hand')),
      ratioCell(speedRatio(cpu, variant, 'bare')),
      (1e6 / medianOf(time, variant)).toFixed(0),
      ratioCell(speedRatio(time, variant, 'by hand')),
    ]);
    const head = ['', 'server µs CPU per request', 'by hand = 1', 'bare = 1', 'requests/s', 'by hand = 1'];
    report.table(`${framework}, HTTP requests of 1.4 kB, ${connections} connections`, head, rows);
    for (const variant of variants) {
      const least = leasts[variant];
      if (least === undefined) continue;
      const ratio = speedRatio(cpu, variant, 'by hand');
      const cost = (one: (typeof variants)[number]): string => `${medianOf(cpu, one).toFixed(0)} µs`;
      const inShort = {
        what: `adapter, ${framework}`,
        ours: cost(variant),
        beside: `route by hand: ${cost('by hand')}`,
      };
      report.bar(
        { name: `${framework} ${variant}, of by hand`, ratio, least },
        variant === plain ? inShort : undefined,
      );
    }
  }
}
