import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';

/**
 * What a handler does, written down while it does it. An effect is what must not be missing, and seldom happens twice;
 * `threw` and `aborted` runs have none unless it is written.
 */
export interface RunLine {
  readonly what: 'began' | 'effect' | 'returned' | 'threw' | 'aborted';
  readonly pid: number;
  readonly key: string;
  readonly attempt: number;
  readonly handler: string;
  readonly eventId: string;
  /** `person …`: its jobs for one handler run one after the other. */
  readonly record: string;
  /** Of `monotonicMs`. */
  readonly atMs: number;
}

/** The log of a server. */
export interface LogLine {
  readonly what: 'log';
  readonly pid: number;
  readonly text: string;
}

export type LedgerLine = RunLine | LogLine;

export interface Ledger {
  append(line: LedgerLine): void;
  close(): void;
}

/** Open a file to append to. A line is in the hands of the operating system when `append` returns: SIGKILL does not take it back. */
export function openLedger(path: string): Ledger {
  const file = openSync(path, 'a');
  return {
    // One call a line: processes that share the file do not tear each other's lines.
    append: (line) => void writeSync(file, `${JSON.stringify(line)}\n`),
    close: () => closeSync(file),
  };
}

export function readLedger(path: string): LedgerLine[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as LedgerLine);
}

/** Milliseconds on a clock that all processes of the machine share and nobody sets. */
export const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;
