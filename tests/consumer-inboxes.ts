import { findPostgresEngine, findRedisEngine, type StorageEngine } from './own-storage.ts';

/** A package whose inbox needs a server. */
export interface ServerInbox {
  readonly name: 'postgres' | 'redis';
  /** What it exports. */
  readonly functions: readonly string[];
  /** What the `engines` of the package allow. */
  readonly nodes: readonly number[];
  /** `undefined` if there is no server here. */
  readonly engine: StorageEngine | undefined;
  /** An expression that opens the inbox. */
  open(url: string): string;
}

export async function findServerInboxes(): Promise<readonly ServerInbox[]> {
  return [
    {
      name: 'postgres',
      functions: ['postgresInbox', 'postgresStore', 'migrate'],
      nodes: [22, 24, 26],
      engine: await findPostgresEngine(),
      open: (url) => `postgresInbox({ connectionString: '${url}' })`,
    },
    {
      name: 'redis',
      functions: ['redisInbox', 'redisStore'],
      nodes: [20, 22, 24, 26],
      engine: findRedisEngine(),
      open: (url) => `redisInbox({ connection: '${url}' })`,
    },
  ];
}

/** A module that receives an event, handles it, receives it again, closes the inbox and so comes to an end. */
export function keepEvent(name: 'sqlite' | ServerInbox['name'], inbox: string): string {
  return `
    const wait = new Promise((resolve) => { globalThis.handled = resolve; });
    import('@twenty-webhooks/${name}').then(async ({ ${name}Inbox }) => {
      const { createReceiver } = await import('@twenty-webhooks/core');
      const { sampleEvent, signDelivery } = await import('@twenty-webhooks/testing');
      const { headers, body } = signDelivery(sampleEvent('person.created'), { secret: 's' });
      const inbox = ${inbox};
      const receiver = createReceiver({ secret: 's', inbox, on: { 'person.created': globalThis.handled } });
      const request = { method: 'POST', url: '/', headers, body };
      const { status } = await receiver.receive(request);
      const { event } = await wait;
      const again = await receiver.receive(request);
      await receiver.close();
      console.log(status, event, again.status);
    }).catch((error) => console.log(error.message));`;
}
