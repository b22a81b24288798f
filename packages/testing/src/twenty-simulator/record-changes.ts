import type { JsonObject } from '../deep-merge.ts';

/** A record of a simulated Twenty, as its servers send it. */
export type SimulatedRecord = JsonObject & {
  readonly id: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly deletedAt: string | null;
};

/** Who made a change: a user in the app, or an API key over REST. */
export type Author = 'user' | 'api';

export type ChangeAction = 'created' | 'updated' | 'deleted' | 'restored' | 'destroyed';

/** One change of one record. */
export interface RecordChange {
  readonly object: string;
  readonly objectMetadataId: string;
  readonly action: ChangeAction;
  readonly author: Author;
  readonly before: SimulatedRecord | undefined;
  /** After it; what there was before if it was destroyed. */
  readonly record: SimulatedRecord;
  /** As an event lists them: a relation under both its names, never `updatedAt` nor `searchVector`. */
  readonly updatedFields: readonly string[];
}

/** A change that cannot be. */
export class RecordError extends Error {
  override readonly name = 'RecordError';
  readonly reason: 'unknown-object' | 'not-found' | 'duplicate' | 'invalid';

  constructor(reason: RecordError['reason'], message: string) {
    super(message);
    this.reason = reason;
  }
}
