import type { Finding } from './finding.ts';

/** What two rules find. */
export const reserialised: Omit<Finding, 'probes'> = {
  code: 're-serialises',
  verdict: 'fault',
  twenty: 'lost: it verifies what it wrote itself from the parsed body, not the bytes that were signed',
  fix: 'Verify the bytes as received: express.raw({ type: "*/*" }) or the adapter before express.json(), rawBody in Fastify, await request.text() or arrayBuffer() in Next and Hono; never JSON.stringify(request.body).',
};
