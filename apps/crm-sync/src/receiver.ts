import { createHmac, randomUUID } from 'node:crypto';
import { createReceiver, type HandlerContext } from '@twenty-webhooks/fastify';
import { inbox } from '../lib/database.ts';
import { env } from './env.ts';
import type { TwentyRecord } from './mapping.ts';
import { type Synced, sync } from './sync.ts';

const handle = async (event: Synced, context: HandlerContext): Promise<void> => {
  for (const { id, version = '', workspaceId } of await sync(event, context))
    await deliver('person.updated', { id, updatedAt: version }, workspaceId);
};
const retry = { attempts: 100, maxDelayMs: 60_000 }; // An outage of HubSpot may last an hour.
const on = { 'person.*': handle, 'company.*': handle };
export const receiver = createReceiver({ secret: env.secret, inbox, retry, on });

/** Send ourselves what Twenty would have sent, as a new delivery: so the inbox keeps order and retries, always. */
export async function deliver(eventName: string, record: TwentyRecord, workspaceId = ''): Promise<void> {
  const event = { eventName, workspaceId, webhookId: randomUUID(), eventDate: new Date().toISOString(), record };
  const [timestamp, body] = [String(Date.now()), Buffer.from(JSON.stringify(event))];
  const signature = createHmac('sha256', env.secret).update(`${timestamp}:`).update(body).digest('hex');
  const headers = { 'x-twenty-webhook-timestamp': timestamp, 'x-twenty-webhook-signature': signature };
  const { status } = await receiver.receive({ method: 'POST', url: '/', headers, body });
  if (status !== 'accepted') throw new Error(`The inbox did not accept it: ${status}`);
}
