import type { Inbox } from '@twenty-webhooks/core';

/** What a process with an inbox has to do. It goes on until it is killed, or closes at SIGTERM. */
export interface ProcessOrder {
  /** URL of a module that exports `openInbox`, an `OpenProcessInbox`. */
  readonly module: string;
  /** What to call it with. */
  readonly open: readonly unknown[];
  /** Whether it listens. @default true */
  readonly receives?: boolean;
  /** Whether it runs jobs. @default true */
  readonly works?: boolean;
  /** How long its handler waits, letting others run. @default 0 */
  readonly handlerMs?: number;
  /** How long its handler computes, letting nobody run. @default 0 */
  readonly blockMs?: number;
}

export type OpenProcessInbox = (...open: readonly never[]) => Inbox;

/** What it says. Times are milliseconds on the clock of `process.hrtime`, which all processes of a machine share. */
export type Report =
  | { readonly what: 'ready'; readonly pid: number; readonly port: number | undefined }
  | {
      readonly what: 'began' | 'returned' | 'aborted' | 'done' | 'dead';
      readonly id: string;
      readonly attempt: number;
      readonly atMs: number;
    }
  | { readonly what: 'log'; readonly text: string }
  | { readonly what: 'cpu'; readonly cpuMs: number }
  | { readonly what: 'closed' };

export const secret = 'canary-secret-7a31d0';

export const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;
