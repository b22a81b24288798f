import type { RedisScript } from './redis-script.ts';

/** Fields that we add to the hash of a job. BullMQ leaves them alone, and deletes them with the job. */
export const ownFields = {
  /** The error of the last run that failed, as JSON. */
  error: 'twenty:error',
  /** How many attempts were made when the job was dead last: those after it count from 1. */
  base: 'twenty:base',
  /** How many attempts it had then. */
  tries: 'twenty:tries',
} as const;

/** KEYS: job, lane. Gives the base of its attempts, and what was handled last. */
export const claimScript: RedisScript = {
  name: 'claim',
  keys: 2,
  lua: `return { redis.call('HGET', KEYS[1], '${ownFields.base}') or '0', redis.call('GET', KEYS[2]) or '' }`,
};

/** KEYS: lane. ARGV: changedAtMs, retentionMs. The newest stays. */
export const handledScript: RedisScript = {
  name: 'handled',
  keys: 1,
  lua: `
local last = redis.call('GET', KEYS[1])
if not last or tonumber(last) < tonumber(ARGV[1]) then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
end
return 1`,
};

/** KEYS: job, its lock. ARGV: token, error, attempt if it is dead, else ''. Only for who holds the lock. */
export const failedScript: RedisScript = {
  name: 'failed',
  keys: 2,
  lua: `
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('HDEL', KEYS[1], '${ownFields.error}')
redis.call('HSET', KEYS[1], '${ownFields.error}', ARGV[2])
if ARGV[3] ~= '' then
  local made = redis.call('HMGET', KEYS[1], 'atm', 'stc')
  local all = tonumber(made[1] or '0') + tonumber(made[2] or '0') + 1
  redis.call('HSET', KEYS[1], '${ownFields.base}', all, '${ownFields.tries}', ARGV[3])
end
return 1`,
};

/** KEYS: stalled. ARGV: prefix of jobs, leaseMs, then id and token of each run. Gives the ids of those that have lost it. Goes on when Redis is full. */
export const renewScript: RedisScript = {
  name: 'renew',
  keys: 1,
  lua: `
local lost = {}
for index = 3, #ARGV, 2 do
  local lock = ARGV[1] .. ARGV[index] .. ':lock'
  if redis.call('GET', lock) == ARGV[index + 1] then
    redis.call('PEXPIRE', lock, ARGV[2])
    redis.call('SREM', KEYS[1], ARGV[index])
  else
    lost[#lost + 1] = ARGV[index]
  end
end
return lost`,
};
