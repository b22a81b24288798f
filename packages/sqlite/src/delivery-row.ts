import type { Delivery } from '@twenty-webhooks/core';

/** The facts of a delivery as they stand in its table. */
export interface DeliveryRow {
  readonly received_at: number;
  readonly scheme: string;
  readonly secret_index: number | null;
  readonly signed_at: number | null;
  readonly nonce: string | null;
}

export function toDelivery(row: DeliveryRow): Delivery {
  return {
    receivedAtMs: row.received_at,
    scheme: row.scheme as Delivery['scheme'],
    secretIndex: row.secret_index ?? undefined,
    signedAtMs: row.signed_at ?? undefined,
    nonce: row.nonce ?? undefined,
  };
}
