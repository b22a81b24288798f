import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

/** A database of one's own. */
export interface OwnDatabase {
  readonly url: string;
  readonly name: string;
  /** Delete it, and end connections that are still open. */
  drop(): Promise<void>;
}

/** Create an empty database with a random name on the server of this URL. */
export async function createDatabase(serverUrl: string): Promise<OwnDatabase> {
  const name = `tw_${randomBytes(8).toString('hex')}`;
  // Nobody can be connected to template0, which would be in the way.
  await run(serverUrl, `create database ${name} template template0`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return { url: url.href, name, drop: () => run(serverUrl, `drop database if exists ${name} with (force)`) };
}

async function run(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
