import { startPostgres, startRedis } from '@twenty-webhooks/services';
import { benchAcceptOnEngines } from './engines/accept.ts';
import { benchDrain } from './engines/drain.ts';
import { benchGroupedPuts } from './engines/grouped-puts.ts';
import { benchStart } from './engines/start.ts';
import type { Report } from './report.ts';

/**
 * The inboxes on Postgres and Redis, beside a route that calls the engine itself. On servers of our own: Postgres as it comes, so
 * that a commit is synced; Redis with its log, synced every second.
 */
export async function benchEngines(report: Report): Promise<void> {
  const postgres = await startPostgres();
  const redis = await startRedis({
    settings: { appendonly: 'yes', appendfsync: 'everysec', 'maxmemory-policy': 'noeviction' },
  });
  try {
    const urls = { postgres: postgres.url, redis: redis.url };
    for (const bench of [benchAcceptOnEngines, benchGroupedPuts, benchStart, benchDrain]) {
      await bench(report, urls);
    }
  } finally {
    await postgres.close();
    await redis.close();
  }
}
