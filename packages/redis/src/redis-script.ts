import type { Redis } from 'ioredis';

/** A Lua script: Redis does all of it, and nothing else meanwhile. */
export interface RedisScript {
  readonly name: string;
  readonly keys: number;
  readonly lua: string;
}

/** Run a script: first the keys, then the arguments. Redis gets its text once, later its digest. */
export function runScript<T>(
  client: Redis,
  { name, keys, lua }: RedisScript,
  args: readonly (string | number)[],
): Promise<T> {
  const command = `twenty:${name}`;
  if (!(command in client)) client.defineCommand(command, { numberOfKeys: keys, lua });
  const run = (client as unknown as Record<string, (...args: readonly (string | number)[]) => Promise<T>>)[command];
  if (run === undefined) throw new Error(`There is no command ${command}`);
  return run.apply(client, [...args]);
}
