import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startHubSpotStandIn } from '@twenty-webhooks/crm-sync/dev/hubspot-stand-in';
import { createDatabase, describeWith, findFreePort, findPostgres } from '@twenty-webhooks/services';
import { startTwentySimulator } from '@twenty-webhooks/testing';
import { Client } from 'pg';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startCrmApp } from '../src/crm-sync.ts';

describeWith(await findPostgres(), 'crm-sync', (postgres) => {
  test('a link that another run has saved meanwhile is not saved', async () => {
    const database = await createDatabase(postgres.url);
    vi.stubEnv('DATABASE_URL', database.url);
    for (const name of ['TWENTY_WEBHOOK_SECRET', 'TWENTY_API_KEY', 'HUBSPOT_TOKEN']) vi.stubEnv(name, 'of the test');
    vi.stubEnv('TWENTY_API_URL', 'http://127.0.0.1:9');
    const { getLink, saveLink } = await import('../../crm-sync/lib/links.ts');
    const { closeDatabase, inbox } = await import('../../crm-sync/lib/database.ts');
    onTestFinished(async () => {
      await inbox.close();
      await closeDatabase();
      await database.drop();
      vi.unstubAllEnvs();
    });
    const [one, other] = [await getLink('person', '1'), await getLink('person', '1')];
    const saved = await saveLink({ ...one, hubspotId: '1' });
    await expect(saveLink({ ...other, hubspotId: '2' })).rejects.toThrow('Another run');
    await saveLink({ ...saved, version: '3' });
    await expect(saveLink({ ...saved, hubspotId: '2' })).rejects.toThrow('Another run');
    expect(await getLink('person', '1')).toMatchObject({ hubspotId: '1', version: '3', revision: 2 });
  });

  test('a process that starts while another makes the table starts all the same', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'crm-sync-'));
    const database = await createDatabase(postgres.url);
    const [hubspot, twenty, port] = await Promise.all([startHubSpotStandIn(), startTwentySimulator(), findFreePort()]);
    const other = new Client({ connectionString: database.url });
    await other.connect();
    onTestFinished(async () => {
      await other.end();
      await Promise.all([hubspot.close(), twenty.close()]);
      await database.drop();
      await rm(folder, { recursive: true });
    });
    // As `lib/links.ts` does it, at the worst time to be met.
    await other.query('begin');
    await other.query('select pg_advisory_xact_lock(7243392)');
    await other.query('create table crm_links (object text, id text, link jsonb, primary key (object, id))');
    const starting = startCrmApp({ folder, port, twenty, hubspot, databaseUrl: database.url });
    const waiting = `select from pg_locks join pg_stat_activity using (pid) where not granted and datname = current_database()`;
    await vi.waitUntil(async () => (await other.query(waiting)).rowCount, { timeout: 20_000 });
    await other.query('commit');
    const app = await starting;
    expect(await app.stop()).toBe(0);
  }, 60_000);
});
