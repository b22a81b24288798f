// Receive

// For adapters
export {
  type AdapterOptions,
  type AdapterReceiver,
  defaultPath,
  type PathOption,
  type ReadyReceiverOptions,
  type ReceiverFor,
  requireHandlers,
  toReceiver,
} from './adapter.ts';
// For inboxes
export { within } from './deadline.ts';
export type { Delivery, SignatureScheme } from './delivery.ts';
// Inboxes
export { type EmbeddedInbox, type EmbeddedInboxOptions, embeddedInbox } from './embedded/embedded-inbox.ts';
export type { ClaimedRow, ClaimedRows, IdRange, JobTable, Settlement } from './embedded/job-table.ts';
// Outcomes and errors
export {
  type ErrorCode,
  type FailureCode,
  isWebhookError,
  type JobCode,
  NonRetryableError,
  type RejectionCode,
  RetryAfterError,
  type SetupCode,
  WebhookError,
} from './errors.ts';
// Events
export type {
  EventActor,
  MetadataAction,
  MetadataEvent,
  RecordAction,
  RecordEvent,
  RecordEventOf,
  TwentyEvent,
  UnknownEvent,
} from './events.ts';
export type { Handler, HandlerContext, HandlerOptions } from './handler.ts';
// Idempotency
export { type ClaimResult, type IdempotencyStore, idempotencyKey } from './idempotency.ts';
export type { ClaimedJob, EntryEvent, Inbox, InboxEntry, JobEnd, JobError, RecordRef } from './inbox.ts';
export type {
  InboxInspection,
  JobCounts,
  JobDetails,
  JobFilter,
  JobInfo,
  JobState,
  ListOptions,
  PurgeFilter,
} from './inspection.ts';
export { type InspectionSource, inspectionOf } from './inspection-source.ts';
export { laneOf } from './lane.ts';
export { createLineLimit, type Logger } from './logger.ts';
export { memoryInbox } from './memory/memory-inbox.ts';
export { type MemoryStoreOptions, memoryStore } from './memory/memory-store.ts';
export type {
  ActorField,
  AddressField,
  BaseRecord,
  CompanyRecord,
  CurrencyField,
  CustomRecord,
  EmailsField,
  FullNameField,
  LinksField,
  NoteRecord,
  OpportunityRecord,
  PersonRecord,
  PhonesField,
  RichTextField,
  TaskRecord,
  TwentyObjects,
} from './objects.ts';
export type { JobEnded, LateSettlement, Observation } from './observation.ts';
export {
  checkOptions,
  hasFunctions,
  invalidOption,
  isText,
  numberFrom,
  type OptionCheck,
  wholeNumberFrom,
} from './option-checks.ts';
export type { HandlerMap, ReceiverOptions, SecretResolver } from './options.ts';
export {
  type Answer,
  type FailedOutcome,
  type GenuineOutcome,
  type Outcome,
  outcomeTable,
  type RejectedOutcome,
  toAnswer,
} from './outcome.ts';
// Only verify, only parse
export { parseEvent } from './parse-event.ts';
export type { EventOf, HandlerOf, PatternOf } from './patterns.ts';
export { type BodyErrorCode, type BodyLimits, bodyError, type ReadBody, webBody } from './read-body.ts';
export { createReceiver, type ReceivedRequest, type Receiver } from './receiver.ts';
export { type Amount, amountOf, fullName, primaryEmail, primaryPhone } from './record-fields.ts';
export type { HeadersLike } from './request-head.ts';
export type { RetryOptions, RetryPolicy } from './retry.ts';
export { type JobWorker, runJob } from './run-job.ts';
export type { Schemas, StandardSchema } from './standard-schema.ts';
export {
  bodyOf,
  deliveryOf,
  entryEventOf,
  isStoredJobFacts,
  type JobProgress,
  type StoredJob,
  type StoredJobFacts,
  toJobInfo,
  toStoredJobs,
} from './stored-job.ts';
export { type Verification, type VerifyOptions, verifySignature } from './verify.ts';
