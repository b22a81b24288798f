import { describe, it } from 'vitest';

/**
 * Describe tests that need a server or a program which `findPostgres`, `findRedis` or `findProgram` may not have found. Without it there is one skipped test,
 * whose name says how to get it; with `REQUIRE_SERVICES=1`, one that fails.
 *
 * @example
 * describeWith(await findPostgres(), 'postgresStore on a Postgres server', ({ url }) => { it('…', …); });
 */
export function describeWith<T>(found: T | undefined, name: string, suite: (found: T) => void): void {
  describe(name, () => {
    if (found !== undefined) return suite(found);
    const { REQUIRE_SERVICES: required } = process.env;
    it.skipIf(required !== '1')(howToRun, () => {
      throw new Error(`REQUIRE_SERVICES=1 is set, but there is no server for "${name}": ${howToRun}`);
    });
  });
}

const howToRun =
  'to run this: install postgresql, redis-server, chromium, tmux and python3; for what kills no server, docker compose up -d or DATABASE_URL and REDIS_URL are enough';
