import { type ExitCode, exitCodes } from './exit-codes.ts';

/** Why a command ends without a result. `code` is stable and part of `--json`; the message says what to do. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError';
  readonly code: string;
  readonly exitCode: ExitCode;

  constructor(code: string, message: string, options: { readonly exitCode?: ExitCode; readonly cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.exitCode = options.exitCode ?? exitCodes.usage;
  }
}
