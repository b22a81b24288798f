import { connections, measureServers } from '../http/measure-servers.ts';
import { servers } from '../http/servers.ts';
import type { ServerProcess } from '../http/start-server-process.ts';
import { startVariant } from '../http/start-variant.ts';
import { requireStored } from '../http/stored.ts';
import type { Report } from '../report.ts';
import { medianOf, speedRatio } from '../rounds.ts';
import { ratioCell } from '../table.ts';

const variants = ["adapter, idempotency 'off'", 'adapter, default settings', 'adapter, sqliteInbox'] as const;
const plain = 'adapter, default settings';
const durable = 'adapter, sqliteInbox';

/** Each adapter with an inbox, its worker running, beside the same adapter without one, over HTTP. */
export async function benchAccept(report: Report): Promise<void> {
  for (const framework of Object.keys(servers)) {
    const { cpu, time } = await measureServers({
      variants,
      start: (variant) => startVariant(framework, variant),
      check,
    });
    const rows = variants.map((variant) => [
      variant,
      (1e6 / medianOf(time, variant)).toFixed(0),
      ratioCell(speedRatio(time, variant, plain)),
      medianOf(cpu, variant).toFixed(1),
      ratioCell(speedRatio(cpu, variant, plain)),
    ]);
    const head = ['', 'requests/s', 'default settings = 1', 'server µs CPU per request', 'default settings = 1'];
    report.table(`${framework}, HTTP requests of 1.4 kB, ${connections} connections, handlers run`, head, rows);
    report.bar({
      name: `${framework} requests/s with sqliteInbox, of without an inbox`,
      ratio: speedRatio(time, durable, plain),
      least: 0.5,
    });
  }
}

async function check(variant: (typeof variants)[number], server: ServerProcess, requests: number): Promise<void> {
  if (variant !== durable) return;
  await server.kill();
  await requireStored(server.folder, requests);
}
