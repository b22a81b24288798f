import type { CustomRecord, TwentyObjects } from './objects.ts';

/** What Twenty does to records: `deleted` is soft and may be `restored`, `destroyed` is for good. */
export type RecordAction = 'created' | 'updated' | 'deleted' | 'restored' | 'destroyed';

/** What Twenty does to its schema. */
export type MetadataAction = 'created' | 'updated' | 'deleted';

/** Whose change it was. All absent for imports and workflows; a server does not name API keys on records. */
export interface EventActor {
  readonly userId?: string;
  readonly workspaceMemberId?: string;
  readonly apiKeyId?: string;
}

/** What every event has, whichever wire format it came in. */
interface BaseEvent {
  /**
   * Same for every redelivery of this event: the guide's `id`, else `evt_` and 32 hex digits of a digest of the body.
   * A getter; `JSON.stringify` has it, a spread has not.
   */
  readonly id: string;
  /** ISO 8601. When Twenty sent the event on its way; order by `record.updatedAt` where there is one. `''` if absent. */
  readonly timestamp: string;
  /** `''` if absent. */
  readonly workspaceId: string;
  readonly webhookId: string | undefined;
  readonly actor: EventActor;
  /** `server`: what Twenty servers send. `envelope`: what Twenty's guide describes. */
  readonly format: 'server' | 'envelope';
  /** The body, parsed, untouched. */
  readonly raw: unknown;
}

/** A record changed. */
export interface RecordEvent<TObject extends string = string, TAction extends string = string, TRecord = CustomRecord>
  extends BaseEvent {
  readonly kind: 'record';
  /** As on the wire: `person.created`. */
  readonly event: `${TObject}.${TAction}`;
  readonly action: TAction;
  readonly data: {
    readonly object: TObject;
    /** Of the record. */
    readonly id: string;
    /** The record after the change; `null` on deleted and destroyed. */
    readonly attributes: TRecord | null;
    /**
     * On deleted and destroyed the record. On updated the old values, which only the guide's format has; else `null`.
     */
    readonly previousAttributes: Partial<TRecord> | null;
    /** Names of changed top-level fields; a changed relation may stand as `company`, `companyId` or both. */
    readonly updatedFields: readonly string[];
  };
}

/** The schema or the settings of the workspace changed. */
export interface MetadataEvent<TAction extends string = string> extends BaseEvent {
  readonly kind: 'metadata';
  readonly event: `metadata.${string}.${TAction}`;
  readonly action: TAction;
  readonly data: {
    /** `objectMetadata`, `fieldMetadata`, `view`, `webhook`, … Events of `webhook` may hold secrets: redact before showing. */
    readonly metadataName: string;
    readonly id: string;
    readonly type: string;
    readonly updatedFields: readonly string[];
    readonly diff: Readonly<Record<string, { readonly before: unknown; readonly after: unknown }>> | null;
    readonly before: Readonly<Record<string, unknown>> | null;
    readonly after: Readonly<Record<string, unknown>> | null;
  };
}

/** Genuine and with a name, but of a shape this version does not know; look at `raw`. */
export interface UnknownEvent extends BaseEvent {
  readonly kind: 'unknown';
  readonly event: string;
}

/** Every event a receiver can see, with the records of `TObjects` (see `TwentyObjects`). */
export type TwentyEvent<TObjects = TwentyObjects> =
  | RecordEventOf<TObjects, keyof TObjects & string, RecordAction>
  | MetadataEvent<MetadataAction>
  | UnknownEvent;

/** The union of record events of some objects and actions. Distributes, so that `data.object` and `action` narrow. */
export type RecordEventOf<TObjects, TObject extends string, TAction extends string> = TObject extends string
  ? TAction extends string
    ? RecordEvent<TObject, TAction, TObject extends keyof TObjects ? TObjects[TObject] : CustomRecord>
    : never
  : never;
