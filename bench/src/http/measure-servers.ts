import { setTimeout as sleep } from 'node:timers/promises';
import { rotate } from '../measure.ts';
import type { Rounds } from '../rounds.ts';
import { type Client, createClient } from './client.ts';
import { makeRequests } from './requests.ts';
import { type ServerProcess, startServerProcess } from './start-server-process.ts';
import { requireStored } from './stored.ts';
import type { Variant } from './variant.ts';

export const connections = 16;
const requestsPerSlot = 300;
const warmUpRounds = 15;
const measuredRounds = 50;
/** What a server does after its answers is on its account, too: the handlers of an inbox run then. */
const afterworkMs = 15;

interface Contestant {
  readonly variant: Variant;
  readonly server: ServerProcess;
  readonly client: Client;
}

/** Microseconds per request of the server's CPU and on the clock, by variant; each server is a process of its own. */
export async function measureServers(
  framework: string,
  variants: readonly Variant[],
): Promise<{ cpu: Rounds; time: Rounds }> {
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
        await sleep(afterworkMs);
        const spent = (await server.cpuMicroseconds()) - cpuBefore;
        if (round < 0) continue;
        cpu.get(variant)?.push(spent / requestsPerSlot);
        time.get(variant)?.push(elapsed / requestsPerSlot);
      }
    }
    for (const { variant, server } of contestants) {
      if (variant !== 'adapter, sqliteInbox') continue;
      await server.kill();
      await requireStored(server.folder, (warmUpRounds + measuredRounds) * requestsPerSlot);
    }
  } finally {
    for (const { client, server } of contestants) {
      client.close();
      await server.close();
    }
  }
  return { cpu, time };
}
