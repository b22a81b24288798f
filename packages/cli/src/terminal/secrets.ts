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
    .option(
      '-e, --env-file <file>',
      'read TWENTY_WEBHOOK_SECRET from this file; write -e .env, since Node itself looks for --env-file',
    )
    .option(
      '--secret <text>',
      'the secret itself, several times for several; it lands in the shell history: better TWENTY_WEBHOOK_SECRET',
      (value: string, before: readonly string[] = []) => [...before, value],
    );
}

/**
 * Find the webhook's secrets: `--secret`, `--env-file`, TWENTY_WEBHOOK_SECRET, or ask. They are used exactly as they are
 * given, white space and all, since a receiver would do the same. `canAsk` is false where standard input is for something
 * else; look for secrets before you read that.
 *
 * @throws SECRET_MISSING, ENV_FILE_UNREADABLE, PROMPT_CANCELLED
 */
export async function findSecrets(
  terminal: Terminal,
  { secret = [], envFile }: SecretOptions,
  { canAsk = true }: { readonly canAsk?: boolean } = {},
): Promise<readonly [string, ...string[]]> {
  const [first, ...more] = secret;
  if (first !== undefined) {
    terminal.note(
      'Warning: a secret on the command line stays in the shell history and shows in the list of processes; use TWENTY_WEBHOOK_SECRET instead.',
    );
    if (secret.includes('')) throw missingSecret();
    return [first, ...more];
  }
  const file = envFile === undefined ? undefined : readEnvFile(envFile);
  if (file !== undefined && file[variable] === undefined) {
    terminal.note(`Warning: there is no ${variable} in ${envFile}.`);
  }
  const known = file?.[variable] || terminal.env[variable];
  if (known) return [known];
  if (!canAsk || !terminal.isInteractive) throw missingSecret();
  const typed = await terminal.askSecret(`Secret of the webhook (${variable})`);
  if (typed === '') throw missingSecret();
  return [typed];
}

/** A variable of a `.env` file, else of the environment; an empty one is none. @throws ENV_FILE_UNREADABLE */
export function readVariable(terminal: Terminal, name: string, envFile: string | undefined): string | undefined {
  return readVariables(terminal, envFile)(name);
}

/** Look up several variables. The file is read once: it may be a pipe (`-e <(…)`). @throws ENV_FILE_UNREADABLE */
export function readVariables(terminal: Terminal, envFile: string | undefined): (name: string) => string | undefined {
  const file = envFile === undefined ? {} : readEnvFile(envFile);
  return (name) => file[name] || terminal.env[name] || undefined;
}

function readEnvFile(file: string): NodeJS.Dict<string> {
  try {
    // Editors on Windows begin it with a byte order mark.
    return parseEnv(readFileSync(file, 'utf8').replace(/^\ufeff/, ''));
  } catch (cause) {
    throw new CommandError('ENV_FILE_UNREADABLE', `Cannot read ${file}: ${(cause as NodeJS.ErrnoException).code}`, {
      cause,
    });
  }
}

const variable = 'TWENTY_WEBHOOK_SECRET';

const missingSecret = (): CommandError =>
  new CommandError(
    'SECRET_MISSING',
    'No secret. Set TWENTY_WEBHOOK_SECRET to the one that Twenty shows for the webhook, or give -e .env.',
  );
