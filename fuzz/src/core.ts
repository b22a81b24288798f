import * as core from '@twenty-webhooks/core';

/** The package under test, or for the tests of the properties a wrong one. */
export type Core = Pick<
  typeof core,
  | 'createReceiver'
  | 'verifySignature'
  | 'parseEvent'
  | 'toAnswer'
  | 'amountOf'
  | 'fullName'
  | 'primaryEmail'
  | 'primaryPhone'
  | 'toStoredJobs'
  | 'bodyOf'
  | 'deliveryOf'
  | 'entryEventOf'
  | 'isStoredJobFacts'
>;

export const realCore: Core = core;
