import { basename, join } from 'node:path';
import { connections, measureServers } from '../http/measure-servers.ts';
import { startServerProcess } from '../http/start-server-process.ts';
import type { Report } from '../report.ts';
import { medianOf, speedRatio } from '../rounds.ts';
import { ratioCell } from '../table.ts';
import { type EngineName, type EngineUrls, engineNames, openInbox } from './open-inbox.ts';

const byHand: Readonly<Record<EngineName, string>> = {
  postgres: 'by hand: verify, parse, boss.insert',
  redis: 'by hand: verify, parse, queue.add',
};
const withInbox: Readonly<Record<EngineName, string>> = {
  postgres: 'adapter, postgresInbox',
  redis: 'adapter, redisInbox',
};

/** Express with an inbox beside the same route written by hand with the engine's own atomic call; nobody works. */
export async function benchAcceptOnEngines(report: Report, urls: EngineUrls): Promise<void> {
  for (const engine of engineNames) {
    const variants = [byHand[engine], withInbox[engine]];
    const { cpu, time } = await measureServers({
      variants,
      start: (variant) =>
        startServerProcess(join(import.meta.dirname, 'express-process.ts'), [
          engine,
          variant === byHand[engine] ? 'by hand' : 'inbox',
          JSON.stringify(urls),
        ]),
      async check(variant, { folder }, requests) {
        if (variant === byHand[engine]) return;
        const inbox = await openInbox(engine, urls, { queue: basename(folder) });
        const { waiting } = await inbox.inspection.counts();
        await inbox.close();
        if (waiting !== requests) throw new Error(`${waiting} jobs are stored of ${requests} requests`);
      },
    });
    const rows = variants.map((variant) => [
      variant,
      (1e6 / medianOf(time, variant)).toFixed(0),
      ratioCell(speedRatio(time, variant, byHand[engine])),
      medianOf(cpu, variant).toFixed(1),
      ratioCell(speedRatio(cpu, variant, byHand[engine])),
    ]);
    const head = ['', 'requests/s', 'by hand = 1', 'server µs CPU per request', 'by hand = 1'];
    report.table(`Express on ${engine}, HTTP requests of 1.4 kB, ${connections} connections, stored only`, head, rows);
    const ratio = speedRatio(time, withInbox[engine], byHand[engine]);
    report.bar({ name: `express requests/s with ${withInbox[engine]}, of ${byHand[engine]}`, ratio, least: 0.85 });
  }
}
