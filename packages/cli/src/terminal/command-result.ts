import type { ExitCode } from './exit-codes.ts';

/** What a command found. One of the two forms is printed: people read `lines`, with `--json` scripts read `json`. */
export interface CommandResult {
  readonly exitCode: ExitCode;
  readonly json: object;
  readonly lines: readonly string[];
}
