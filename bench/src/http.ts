import type { Bar } from './bar.ts';
import { type Client, createClient } from './http/client.ts';
import { makeRequests } from './http/requests.ts';
import { servers } from './http/servers.ts';
import { type ServerProcess, startServerProcess } from './http/start-server-process.ts';
import { type Variant, variants } from './http/variant.ts';
import { rotate } from './measure.ts';
import { medianOf, type Rounds, speedRatio } from './rounds.ts';
import { printTable, ratioCell } from './table.ts';

const connections = 16;
const requestsPerSlot = 300;
const warmUpRounds = 15;
const measuredRounds = 50;

const leasts: Partial<Record<Variant, number>> = {
  "adapter, idempotency 'off'": 0.9,
  'adapter, default settings': 0.8,
};

/** Each adapter beside a route written by hand in the same framework, over HTTP. */
export async function benchHttp(frameworks = Object.keys(servers)): Promise<Bar[]> {
  const bars: Bar[] = [];
  for (const framework of frameworks) {
    const { cpu, time } = await measureFramework(framework);
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

interface Contestant {
  readonly variant: Variant;
  readonly server: ServerProcess;
  readonly client: Client;
}

/** Microseconds per request of the server's CPU and on the clock. */
async function measureFramework(framework: string): Promise<{ cpu: Rounds; time: Rounds }> {
  const cpu = new Map<string, number[]>(variants.map((variant) => [variant, []]));
  const time = new Map<string, number[]>(variants.map((variant) => [variant, []]));
  const contestants: Contestant[] = [];
  try {
    for (const variant of variants) {
      const server = await startServerProcess(framework, variant);
      contestants.push({ variant, server, client: await createClient(server.port, connections) });
    }
    for (let round = -warmUpRounds; round < measuredRounds; round++) {
      for (const { variant, server, client } of rotate(contestants, round)) {
        const requests = makeRequests(requestsPerSlot);
        const cpuBefore = await server.cpuMicroseconds();
        const start = process.hrtime.bigint();
        await client.send(requests);
        const elapsed = Number(process.hrtime.bigint() - start) / 1_000;
        const spent = (await server.cpuMicroseconds()) - cpuBefore;
        if (round < 0) continue;
        cpu.get(variant)?.push(spent / requestsPerSlot);
        time.get(variant)?.push(elapsed / requestsPerSlot);
      }
    }
  } finally {
    for (const { client, server } of contestants) {
      client.close();
      await server.close();
    }
  }
  return { cpu, time };
}
