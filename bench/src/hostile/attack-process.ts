import type { Target } from './attack.ts';
import { attacks } from './attacks.ts';
import type { HostileLoad } from './load.ts';
import { createTally } from './tally.ts';

// Attackers in a process of their own. It says when they begin. Whatever it is sent means: stop, and say what you have seen.

export interface AttackOrder {
  readonly attacks: readonly string[];
  readonly port: number;
  readonly load: HostileLoad;
  readonly bodyTimeoutMs: number;
  readonly graceMs: number;
}

const { attacks: names, ...rest }: AttackOrder = JSON.parse(process.argv[2] ?? '');
const stop = new AbortController();
const startedAtMs = performance.now();
let durationMs = 0;
process.once('message', () => {
  durationMs = performance.now() - startedAtMs;
  stop.abort();
});
// The parent is gone.
process.once('disconnect', () => process.exit());

process.send?.('begun');
const running = attacks
  .filter(({ name }) => names.includes(name))
  .map(async ({ name, run }) => {
    const target: Target = { ...rest, signal: stop.signal, tally: createTally(name) };
    await run(target);
    return target.tally.report(durationMs);
  });
const reports = await Promise.all(running);
process.send?.(reports, () => process.disconnect());
