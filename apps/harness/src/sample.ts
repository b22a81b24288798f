import type { TwentySimulator } from '@twenty-webhooks/testing';
import type { AppProcess } from './app-process.ts';

/** One of the sample apps as a process, with a simulated Twenty and a stand-in of the service that it talks to. */
export interface Sample {
  readonly app: AppProcess;
  readonly simulator: TwentySimulator;
  /** Change things in Twenty so that the app has `count` things to do outside. */
  trigger(count: number): void;
  /** Change one thing several times, the last state being what counts; with `shuffle` they arrive in any order. */
  triggerInTurn(): void;
  /** How many things the app has done outside so far: messages, contacts, runs. */
  effects(): Promise<number>;
  /** Compare what is outside with what happened in Twenty: whatever is missing, wrong, or there more than once. */
  problems(): Promise<readonly string[]>;
  /** Whether the app has nothing left to do, as it says itself. */
  isAtRest(): Promise<boolean>;
  /** Let every call of the service outside take this long. */
  slowDown(ms: number): void;
  /** Break the service outside; gives how to mend it. */
  breakOutside(): Promise<() => Promise<void>>;
  /** End everything. */
  close(): Promise<void>;
}

export interface SampleOptions {
  /** For files of the app; the caller deletes it. */
  readonly folder: string;
}
