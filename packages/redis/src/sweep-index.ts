import type { Redis } from 'ioredis';
import type { RedisKeys } from './redis-keys.ts';
import type { RedisLog } from './redis-log.ts';
import { type RedisScript, runScript } from './redis-script.ts';

/**
 * Take ids out of the index whose jobs are gone: BullMQ deletes jobs when their time is over, and knows nothing of the index.
 * Gives how to stop.
 */
export function startSweeping(
  client: Redis,
  keys: RedisKeys,
  { retentionMs, log }: { readonly retentionMs: number; readonly log: RedisLog },
): () => void {
  const timer = setInterval(() => {
    if (client.status === 'ready') sweepIndex(client, keys, Date.now() - retentionMs).catch(log);
  }, sweepEachMs);
  timer.unref();
  return () => clearInterval(timer);
}

/** Look at all that was stored before, in steps that hold Redis up for a millisecond. Younger jobs are there still. */
export async function sweepIndex(client: Redis, keys: RedisKeys, beforeMs: number): Promise<number> {
  let removed = 0;
  for (let offset = 0; ; ) {
    const args = [keys.index, beforeMs * 1_000, offset, idsPerStep, keys.jobPrefix];
    const [seen, gone] = await runScript<[number, number]>(client, sweepScript, args);
    removed += gone;
    offset += seen - gone;
    if (seen < idsPerStep) return removed;
  }
}

/** KEYS: index. ARGV: highest score, offset, limit, prefix of jobs. Gives how many were looked at, how many taken out. */
const sweepScript: RedisScript = {
  name: 'sweep',
  keys: 1,
  lua: `
local ids = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', ARGV[2], ARGV[3])
local gone = 0
for _, id in ipairs(ids) do
  if redis.call('EXISTS', ARGV[4] .. id) == 0 then
    gone = gone + redis.call('ZREM', KEYS[1], id)
  end
end
return { #ids, gone }`,
};

const idsPerStep = 500;
const sweepEachMs = 10 * 60 * 1_000;
