import type { SecretOptions } from '../terminal/secrets.ts';

export interface VerifyCommandOptions extends SecretOptions {
  readonly body?: string;
  readonly headers?: string;
  readonly header?: readonly string[];
  readonly request?: string;
  readonly now?: string;
  readonly toleranceSeconds?: string;
}
