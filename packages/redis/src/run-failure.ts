import type { JobError } from '@twenty-webhooks/core';

/** Asks BullMQ to run the job again after `delayMs`. */
export class RetryLater extends Error {
  readonly delayMs: number;

  constructor(message: string, delayMs: number) {
    super(message);
    this.delayMs = delayMs;
  }
}

/** For BullMQ's `backoffStrategy`. What is not ours is an error of Redis when the end of a run was written. */
export function backoffMs(_attemptsMade: number, _type?: string, error?: Error): number {
  return error instanceof RetryLater ? error.delayMs : 1_000;
}

/** What a dashboard shows. The name goes first: some messages of their own mean something to BullMQ. */
export const toText = ({ name, code, message }: JobError): string => `${code ?? name}: ${message}`;
