import { setTimeout as sleep } from 'node:timers/promises';
import { rotate } from '../measure.ts';
import type { Rounds } from '../rounds.ts';
import { type Client, createClient } from './client.ts';
import { makeRequests } from './requests.ts';
import type { ServerProcess } from './start-server-process.ts';

export const connections = 16;
const requestsPerSlot = 300;
/**
 * 18 000 requests. Until then V8 still compiles in other threads, which counts as the server's CPU, and the more the more code
 * there is: 6 µs a request of an adapter beside 2 of a route by hand, once and never again in the life of a server.
 */
const warmUpRounds = 60;
const measuredRounds = 50;
/** What a server does after its answers is on its account, too: the handlers of an inbox run then. */
const afterworkMs = 15;

interface Contestant<Variant> {
  readonly variant: Variant;
  readonly server: ServerProcess;
  readonly client: Client;
}

/** What is measured. */
export interface Measured<Variant extends string> {
  readonly variants: readonly Variant[];
  start(variant: Variant): Promise<ServerProcess>;
  /** See whether a server has done what its speed is worth. */
  check?(variant: Variant, server: ServerProcess, requests: number): Promise<void>;
}

/** Microseconds per request of the server's CPU and on the clock, by variant; each server is a process of its own. */
export async function measureServers<Variant extends string>({
  variants,
  start,
  check,
}: Measured<Variant>): Promise<{ cpu: Rounds; time: Rounds }> {
  const cpu = new Map<string, number[]>(variants.map((variant) => [variant, []]));
  const time = new Map<string, number[]>(variants.map((variant) => [variant, []]));
  const contestants: Contestant<Variant>[] = [];
  try {
    for (const variant of variants) {
      const server = await start(variant);
      contestants.push({ variant, server, client: await createClient(server.port, connections) });
    }
    for (let round = -warmUpRounds; round < measuredRounds; round++) {
      for (const { variant, server, client } of rotate(contestants, round)) {
        const requests = makeRequests(requestsPerSlot);
        const cpuBefore = await server.cpuMicroseconds();
        const startedAt = process.hrtime.bigint();
        await client.send(requests);
        const elapsed = Number(process.hrtime.bigint() - startedAt) / 1_000;
        if (round >= 0) await sleep(afterworkMs);
        const spent = (await server.cpuMicroseconds()) - cpuBefore;
        if (round < 0) continue;
        cpu.get(variant)?.push(spent / requestsPerSlot);
        time.get(variant)?.push(elapsed / requestsPerSlot);
      }
    }
    for (const { variant, server } of contestants) {
      await check?.(variant, server, (warmUpRounds + measuredRounds) * requestsPerSlot);
    }
  } finally {
    for (const { client, server } of contestants) {
      client.close();
      await server.close();
    }
  }
  return { cpu, time };
}
