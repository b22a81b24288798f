import { createRequire } from 'node:module';
import { WebhookError } from '@twenty-webhooks/core';
import { CommandError } from '../terminal/command-error.ts';
import { printable } from '../terminal/printable.ts';
import { findPackage, loadPackage } from './load-package.ts';
import type { InboxOptions, OpenInbox } from './open-inbox.ts';

interface PostgresPackage {
  postgresInbox(options: object): OpenInbox;
}

/**
 * Open an inbox on Postgres that is there. Opening one makes the schema and the queue, and sets the queue's lease and
 * retention: so it is looked first, and opened with what the app has set.
 *
 * @throws PACKAGE_MISSING, INBOX_MISSING, OPTION_INVALID, INBOX_UNAVAILABLE
 */
export async function openPostgres(connectionString: string, options: InboxOptions): Promise<OpenInbox> {
  const { queue = 'twenty-webhooks', schema = 'pgboss' } = options;
  const name = '@twenty-webhooks/postgres';
  const { postgresInbox } = await loadPackage<PostgresPackage>(name);
  const settings = await readQueue(connectionString, { queue, schema, packageFile: findPackage(name) });
  // What is wrong is thrown as well; warnings about the set-up are for the app.
  return postgresInbox({ connectionString, queue, schema, ...settings, logger: { warn() {}, error() {} } });
}

interface QueuePlace {
  readonly queue: string;
  readonly schema: string;
  readonly packageFile: string;
}

/** What is used of `pg`, which the package depends on. */
interface PgClient {
  on(name: 'error', act: () => void): void;
  connect(): Promise<void>;
  query(text: string, values: readonly unknown[]): Promise<{ readonly rows: readonly Record<string, unknown>[] }>;
  end(): Promise<void>;
}

async function readQueue(connectionString: string, { queue, schema, packageFile }: QueuePlace): Promise<object> {
  if (!/^[a-z_][a-z0-9_]{0,49}$/.test(schema))
    throw new CommandError('OPTION_INVALID', '--schema must be a name in lower case');
  const { Client } = createRequire(packageFile)('pg') as { readonly Client: new (options: object) => PgClient };
  const client = new Client({ connectionString, connectionTimeoutMillis: limitMs, query_timeout: limitMs });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows: tables } = await client.query('SELECT to_regclass($1) AS found', [`${schema}.queue`]);
    if (tables[0]?.found == null) {
      throw new CommandError(
        'INBOX_MISSING',
        `There is no inbox in the schema ${schema} of this database. Give another --schema?`,
      );
    }
    const { rows } = await client.query(`SELECT name, heartbeat_seconds, deletion_seconds FROM ${schema}.queue`, []);
    const found = rows.find(({ name }) => name === queue);
    if (found === undefined) {
      const names = rows.map(({ name }) => printable(String(name))).filter((name) => !name.startsWith('__'));
      throw new CommandError(
        'INBOX_MISSING',
        `There is no queue ${printable(queue)} in the schema ${schema}; there are: ${names.join(', ') || 'none'}. Give another --queue?`,
      );
    }
    const { heartbeat_seconds: leaseSeconds, deletion_seconds: retentionSeconds } = found;
    return {
      leaseMs: Math.max(10_000, Number(leaseSeconds) * 1_000),
      retentionDays: Math.min(3_650, Math.max(1, Number(retentionSeconds) / 86_400)),
    };
  } catch (cause) {
    if (cause instanceof CommandError) throw cause;
    throw explain(cause);
  } finally {
    await client.end().catch(() => {});
  }
}

/** Only its first line: in the rest Postgres repeats what it was given. */
function explain(cause: unknown): WebhookError {
  const { code = '', message, errors } = cause as NodeJS.ErrnoException & { readonly errors?: readonly Error[] };
  const said = (message || errors?.[0]?.message || code).split('\n')[0];
  // SQLSTATE of a wrong user or password, of a database that is not there, of a missing right.
  if (/^28|^3D000$|^42501$/.test(code)) return new WebhookError('INBOX_INVALID', `Postgres refuses: ${said}`);
  return new WebhookError('INBOX_UNAVAILABLE', String(said));
}

const limitMs = 10_000;
