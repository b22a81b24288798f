import pg from 'pg';

/** Connections that end no process, whenever they are lost: the query that has one fails, and the pool makes another. */
export function openPool(connectionString: string, max: number, what: string): pg.Pool {
  const pool = new pg.Pool({
    connectionString,
    max,
    application_name: `twenty-webhooks ${what}`,
    // By then nobody waits for it any more.
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  });
  // While it waits for use, and while it ends: the pool does not wait for that.
  pool.on('error', ignore);
  // While it is used: the pool takes its listener off before it hands a client out, and a server that is killed may send its
  // last word together with the first.
  pool.on('connect', (client) => client.on('error', ignore));
  return pool;
}

const ignore = (): void => {};
