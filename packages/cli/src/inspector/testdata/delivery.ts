import type { DeliverySummary } from '../../listen/inspector-api.ts';

/** A genuine delivery, with what a test says otherwise. */
export function delivery(fields: Partial<DeliverySummary> & { readonly id: number }): DeliverySummary {
  return {
    receivedAtMs: Date.UTC(2026, 10, 25, 12, 0, fields.id),
    method: 'POST',
    path: '/webhooks/twenty',
    bytes: 800,
    status: 'accepted',
    code: undefined,
    reason: undefined,
    scheme: 'timestamped',
    event: 'person.created',
    eventId: `evt_${fields.id}`,
    format: 'server',
    object: 'person',
    recordId: `record-${fields.id}`,
    recordName: 'Ada Lovelace',
    forward: undefined,
    isForwarding: false,
    ...fields,
  };
}
