import { createHmac, randomUUID } from 'node:crypto';
import { createReceiver } from '@twenty-webhooks/fastify';
import { inbox } from '../lib/database.ts';
import { secret } from './env.ts';
import type { TwentyRecord } from './mapping.ts';
import { sync } from './sync.ts';

const handle = async (...job: Parameters<typeof sync>): Promise<void> => {
  for (const { record = {}, workspaceId } of await sync(...job)) await deliver('person.updated', record, workspaceId);
};
const retry = { attempts: 100, maxDelayMs: 60_000 }; // An outage of HubSpot may last an hour.
export const receiver = createReceiver({ secret, inbox, retry, on: { 'person.*': handle, 'company.*': handle } });

/** Send ourselves what Twenty would have sent: so the inbox keeps order and retries, whatever the reason. */
export async function deliver(eventName: string, record: TwentyRecord, workspaceId = ''): Promise<void> {
  // With a new id, or the inbox would know it the second time.
  const event = { eventName, workspaceId, webhookId: randomUUID(), eventDate: new Date().toISOString(), record };
  const [timestamp, body] = [String(Date.now()), Buffer.from(JSON.stringify(event))];
  const signature = createHmac('sha256', secret).update(`${timestamp}:`).update(body).digest('hex');
  const headers = { 'x-twenty-webhook-timestamp': timestamp, 'x-twenty-webhook-signature': signature };
  const { status } = await receiver.receive({ method: 'POST', url: '/', headers, body });
  if (status !== 'accepted') throw new Error(`The inbox did not accept it: ${status}`);
}
