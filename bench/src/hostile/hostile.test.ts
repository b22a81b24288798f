import { expect, test } from 'vitest';
import { problemsOf } from './judge-hostile.ts';
import { smallLoad } from './load.ts';
import { attackNames, type HostileOptions, runHostile } from './run-hostile.ts';

// `pnpm hostile` in short: every attack with few connections, no measure of speed.

const short: HostileOptions = {
  framework: 'express',
  load: smallLoad,
  attacks: attackNames,
  calmMs: 200,
  aloneMs: 0,
  togetherMs: 8_000,
  bodyTimeoutMs: 4_000,
  // Waited for only by what would be a problem.
  graceMs: 15_000,
  answerWithinMs: 30_000,
  // As the deployment checklist has it, but sooner: heads that trickle are Node's part.
  node: { headersTimeout: 4_000, requestTimeout: 10_000, connectionsCheckingInterval: 100 },
};

test.concurrent('good deliveries are handled, bad ones refused, connections ended, under all attacks', {
  timeout: 120_000,
}, async () => {
  const result = await runHostile(short);
  expect(problemsOf(result)).toEqual([]);
  const { reports, server } = result.phases.find(({ isAttack }) => isAttack) ?? {};
  expect(reports?.map(({ attack }) => attack).sort()).toEqual([...attackNames].sort());
  const slow = reports?.find(({ attack }) => attack === 'slow-connections')?.counts;
  expect(slow?.['a body that trickles: 408 closed']).toBeGreaterThanOrEqual(smallLoad.slowConnections / 2);
  expect(slow?.['a head that trickles: 408 closed']).toBeGreaterThanOrEqual(1);
  expect(server?.mostSockets).toBeGreaterThan(smallLoad.slowConnections / 2);
});

test.concurrent('a server that believes everybody and has no limits is found out', { timeout: 120_000 }, async () => {
  const { node: _, ...withoutLimits } = short;
  const result = await runHostile({
    ...withoutLimits,
    framework: 'no limits',
    attacks: ['bad-signatures', 'lying-chunks', 'pipelining', 'slow-connections', 'too-large'],
    bodyTimeoutMs: 100,
    graceMs: 1_000,
    togetherMs: 3_000,
  });
  const problems = problemsOf(result).join('\n');
  expect(problems).toContain('a wrong signature: 200, not 401');
  expect(problems).toContain('no last chunk: silent, not 408 closed');
  expect(problems).toContain('a body that trickles: still open');
  expect(problems).toMatch(/announced and sent: (200 )?silent, not 413 closed/);
  expect(problems).toContain('good and bad on one connection: 200 200');
  expect(problems).toMatch(/\d+ deliveries were answered with 200 and are not in the inbox/);
});
