import { DatabaseSync } from 'node:sqlite';
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';

/** Open a Postgres that runs in this process and keeps its data in a folder. DBOS speaks to it over a socket. */
export async function openPglite(folder: string) {
  // A second process would destroy the data: it fails here, as locked. The lock ends with this process, however that ends.
  const lock = new DatabaseSync(`${folder}.lock`);
  lock.exec('begin exclusive');
  const db = await PGlite.create(folder);
  const server = new PGLiteSocketServer({ db, port: 0 });
  await server.start();
  const url = `postgres://postgres@${server.getServerConn()}/postgres?sslmode=disable`;
  return { url, lock, close: () => server.stop().then(() => db.close()) };
}
