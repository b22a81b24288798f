/** One delivery that was tried, or dropped. */
export interface DeliveryAttempt {
  /** `person.created`, as on the wire. */
  readonly event: string;
  readonly recordId: string;
  readonly webhookId: string;
  /** Of the webhook: before any redirect. */
  readonly url: string;
  readonly body: Uint8Array;
  /** Names in lower case. None of what was dropped. */
  readonly headers: Readonly<Record<string, string>>;
  readonly cause: DeliveryCause;
  /** `refused`: no connection, or one that broke. */
  readonly outcome: 'dropped' | 'answered' | 'timeout' | 'refused';
  /** After redirects. */
  readonly status: number | undefined;
  readonly startedAtMs: number;
  readonly durationMs: number;
}

/** Why a delivery is sent: a record changed, or something made Twenty send it again. */
export type DeliveryCause = 'change' | 'duplicate' | 'refanout' | 'retry';
