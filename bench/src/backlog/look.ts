import { type EmbeddedInbox, sqliteInbox } from '@twenty-webhooks/sqlite';

/** What takes how long in a file, in milliseconds, beside putting and running jobs. */
export interface Looks {
  readonly open: number;
  readonly counts: number;
  readonly listDead: number;
  readonly listWaiting: number;
  readonly listHandler: number;
  readonly listUnknownHandler: number;
  readonly purgeOfFew: number;
}

export async function look(path: string, handler: string): Promise<Looks> {
  let inbox: EmbeddedInbox | undefined;
  const open = await timed(async () => {
    inbox = sqliteInbox(path);
  });
  if (inbox === undefined) throw new Error('not opened');
  const { inspection } = inbox;
  const looks = {
    open,
    counts: await timed(() => inspection.counts()),
    listDead: await timed(() => inspection.list({ state: 'dead', limit: 50 })),
    listWaiting: await timed(() => inspection.list({ state: 'waiting', limit: 50 })),
    listHandler: await timed(() => inspection.list({ handler })),
    listUnknownHandler: await timed(() => inspection.list({ handler: 'not there' })),
    // Of the oldest few, in many steps, each of which waits for its turn like a put.
    purgeOfFew: await timed(async () => {
      const oldestMs = Date.now() - 20 * 24 * 60 * 60 * 1_000;
      await inspection.purge({ finishedBeforeMs: oldestMs + 60_000 });
    }),
  };
  await inbox.close();
  return looks;
}

async function timed(action: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await action();
  return performance.now() - start;
}
