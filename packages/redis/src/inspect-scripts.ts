import type { RedisScript } from './redis-script.ts';
import { ownFields } from './run-scripts.ts';

/**
 * KEYS: active, completed, failed, delayed. ARGV: prefix of jobs, whether with bodies, ids. Gives a row for each job that is
 * there, see `JobRow`. A body is the last member of the data; no text before it can look like its beginning, since quotes
 * in texts are escaped, but a header may have the same name.
 */
export const describeScript: RedisScript = {
  name: 'describe',
  keys: 4,
  lua: `
local active = {}
for _, id in ipairs(redis.call('LRANGE', KEYS[1], 0, -1)) do active[id] = true end
local mark = ',"body":"'
local function withoutBody(data)
  local last
  local at = string.find(data, mark, 1, true)
  while at do
    last = at
    at = string.find(data, mark, at + 1, true)
  end
  if not last then return data end
  return string.sub(data, 1, last - 1) .. '}'
end
local rows = {}
for index = 3, #ARGV do
  local id = ARGV[index]
  local job = redis.call('HMGET', ARGV[1] .. id, 'data', 'timestamp', 'processedOn', 'finishedOn', 'atm', 'stc',
    '${ownFields.base}', '${ownFields.tries}', '${ownFields.error}', 'failedReason')
  if job[1] then
    local state = 'waiting'
    local due = ''
    if job[4] then
      if redis.call('ZSCORE', KEYS[2], id) then state = 'done'
      elseif redis.call('ZSCORE', KEYS[3], id) then state = 'dead' end
    elseif active[id] then state = 'running'
    else due = redis.call('ZSCORE', KEYS[4], id) or '' end
    local data = job[1]
    if ARGV[2] == '0' then data = withoutBody(data) end
    local row = { state, due, data }
    for field = 2, 10 do row[field + 2] = job[field] or '' end
    rows[#rows + 1] = row
  end
end
return rows`,
};

/**
 * KEYS: index. ARGV: an id or '', its score if it is known, limit. Gives the ids after it, the newest first, and the score
 * of the last. The id may have been taken out meanwhile.
 */
export const idsAfterScript: RedisScript = {
  name: 'ids-after',
  keys: 1,
  lua: `
local first = 0
if ARGV[1] ~= '' then
  local rank = redis.call('ZREVRANK', KEYS[1], ARGV[1])
  if rank then first = rank + 1
  elseif ARGV[2] ~= '' then first = redis.call('ZCOUNT', KEYS[1], ARGV[2], '+inf')
  else return { {}, '' } end
end
local ids = redis.call('ZREVRANGE', KEYS[1], first, first + tonumber(ARGV[3]) - 1)
local score = ''
if #ids > 0 then score = redis.call('ZSCORE', KEYS[1], ids[#ids]) end
return { ids, score }`,
};

/**
 * KEYS: completed or failed, index. ARGV: prefix of jobs, finishedBeforeMs or '', retentionMs, ids. Of a job an empty hash stays for
 * so long: BullMQ does not store an id anew whose hash is there. Gives how many it were.
 */
export const purgeScript: RedisScript = {
  name: 'purge',
  keys: 2,
  lua: `
local purged = 0
local before = tonumber(ARGV[2]) or math.huge
for index = 4, #ARGV do
  local id = ARGV[index]
  local score = redis.call('ZSCORE', KEYS[1], id)
  if score and tonumber(score) < before then
    redis.call('ZREM', KEYS[1], id)
    redis.call('ZREM', KEYS[2], id)
    local key = ARGV[1] .. id
    redis.call('DEL', key, key .. ':logs')
    if tonumber(ARGV[3]) > 0 then
      redis.call('HSET', key, 'twenty:purged', 1)
      redis.call('PEXPIRE', key, ARGV[3])
    end
    purged = purged + 1
  end
end
return purged`,
};
