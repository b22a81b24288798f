import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import type { Command } from 'commander';
import { CommandError } from './command-error.ts';
import type { Terminal } from './terminal.ts';

/** What `addSecretOptions` adds to a command's options. */
export interface SecretOptions {
  readonly secret?: readonly string[];
  readonly envFile?: string;
}

/** Let a command take the webhook's secret. */
export function addSecretOptions(command: Command): Command {
  return command
    .option('-e, --env-file <file>', 'read TWENTY_WEBHOOK_SECRET from this file (.env)')
    .option(
      '--secret <text>',
      'the secret itself, several times for several; it lands in the shell history: better TWENTY_WEBHOOK_SECRET',
      (value: string, before: readonly string[] = []) => [...before, value],
    );
}

/**
 * Find the webhook's secrets: `--secret`, `--env-file`, TWENTY_WEBHOOK_SECRET, or ask. They are used exactly as they are
 * given, white space and all, since a receiver would do the same.
 *
 * @throws SECRET_MISSING, ENV_FILE_UNREADABLE
 */
export async function findSecrets(terminal: Terminal, options: SecretOptions): Promise<readonly [string, ...string[]]> {
  const [first, ...more] = options.secret ?? [];
  if (first !== undefined) {
    terminal.note(
      'Warning: a secret on the command line stays in the shell history and shows in the list of processes; use TWENTY_WEBHOOK_SECRET instead.',
    );
    if ([first, ...more].includes('')) throw missingSecret();
    return [first, ...more];
  }
  const known = readVariable(terminal, 'TWENTY_WEBHOOK_SECRET', options.envFile);
  if (known) return [known];
  if (!terminal.isInteractive) throw missingSecret();
  const typed = await terminal.askSecret('Secret of the webhook (TWENTY_WEBHOOK_SECRET)');
  if (typed === '') throw missingSecret();
  return [typed];
}

/** A variable of a `.env` file, else of the environment. @throws ENV_FILE_UNREADABLE */
export function readVariable(terminal: Terminal, name: string, envFile: string | undefined): string | undefined {
  return (envFile === undefined ? undefined : readEnvFile(envFile)[name]) ?? terminal.env[name];
}

function readEnvFile(file: string): NodeJS.Dict<string> {
  try {
    return parseEnv(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new CommandError('ENV_FILE_UNREADABLE', `Cannot read ${file}: ${(cause as NodeJS.ErrnoException).code}`, {
      cause,
    });
  }
}

const missingSecret = (): CommandError =>
  new CommandError(
    'SECRET_MISSING',
    'No secret. Set TWENTY_WEBHOOK_SECRET to the one that Twenty shows for the webhook, or give --env-file .env.',
  );
