import { randomUUID } from 'node:crypto';
import { PGlite } from '@electric-sql/pglite';
import { describeInbox, type InboxSettings } from '@twenty-webhooks/testing';
import { type Db, fromPglite, PgBoss } from 'pg-boss';
import { afterAll, describe, it } from 'vitest';
import { postgresInbox } from './index.ts';

const pglite = new PGlite();
afterAll(() => pglite.close());

describeInbox(
  'postgresInbox on PGlite',
  {
    // It lives and ends with one process; that it keeps what is in a folder is up to PGlite.
    lacks: ['crash', 'sharing'],
    async createStorage() {
      const queue = randomUUID();
      const opened: PgBoss[] = [];
      let isOut = false;
      const whole = fromPglite(pglite);
      const db: Db = {
        ...whole,
        executeSql: async (text, values) => {
          if (isOut) throw new Error('out of order');
          return whole.executeSql(text, values);
        },
      };
      return {
        location: queue,
        async open(settings: InboxSettings) {
          const boss = new PgBoss({
            db,
            backend: 'pglite',
            schedule: false,
            supervise: false,
            registerInstance: false,
          });
          boss.on('error', () => {});
          opened.push(boss);
          return postgresInbox({ boss, queue, ...settings, logger: { warn() {}, error() {} } });
        },
        breakDown() {
          isOut = true;
          return () => {
            isOut = false;
          };
        },
        async close() {
          for (const boss of opened) await boss.stop({ graceful: false });
        },
      };
    },
    leaseMs: 10_000,
    patienceMs: 10_000,
  },
  { describe, it: (name, run) => it(name, run, 60_000) },
);
