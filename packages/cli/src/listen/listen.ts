import { resolve } from 'node:path';
import { isWebhookError } from '@twenty-webhooks/core';
import { toHttpUrl } from '../http/send-request.ts';
import { CommandError } from '../terminal/command-error.ts';
import { printable } from '../terminal/printable.ts';
import { findSecrets, readVariable, type SecretOptions } from '../terminal/secrets.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { DeliverySummary } from './inspector-api.ts';
import { deliveryLine, jsonLine, startLines } from './listen-lines.ts';
import { requireNode } from './require-node.ts';
import type { ListenOptions, RunningListen } from './start-listen.ts';
import { untilStopped } from './until-stopped.ts';

export interface ListenCommandOptions extends SecretOptions {
  readonly port: string;
  readonly forward?: string;
  readonly inbox: string;
  readonly keep: string;
  readonly unsigned?: boolean;
}

/** Receive deliveries until somebody stops it. */
export async function listen(terminal: Terminal, options: ListenCommandOptions): Promise<undefined> {
  requireNode(process.versions.node);
  const settings = await readSettings(terminal, options);
  const running = await start({
    ...settings,
    onDelivery(delivery) {
      // Said once, when all is known of it.
      if (!delivery.isForwarding) terminal.print(toLine(terminal, delivery));
    },
    onError: (error) => terminal.note(printable(messageOf(error))),
  });
  const { origin, receiveUrl } = running;
  // Before it says where it listens: whoever reads that may stop it at once.
  const stopped = untilStopped();
  for (const line of startLines({ ...settings, origin, receiveUrl }, terminal)) terminal.print(line);
  await stopped;
  terminal.note('Stopping …');
  await running.close();
  return undefined;
}

/** @throws OPTION_INVALID, URL_INVALID, SECRET_UNUSED, SECRET_MISSING, ENV_FILE_UNREADABLE */
async function readSettings(terminal: Terminal, options: ListenCommandOptions) {
  return {
    port: wholeNumber('--port', options.port, 0, 65_535),
    keep: wholeNumber('--keep', options.keep, 1, 1_000_000),
    folder: toFolder(options.inbox),
    forwardUrl: options.forward === undefined ? undefined : toHttpUrl(options.forward),
    secrets: options.unsigned ? noSecret(terminal, options) : await findSecrets(terminal, options),
  } satisfies ListenOptions;
}

/** Without a name it would be the working directory, and all files of somebody's project. */
function toFolder(name: string): string {
  if (name !== '') return resolve(name);
  throw new CommandError('OPTION_INVALID', '--inbox must be the name of a folder');
}

function wholeNumber(name: string, text: string, min: number, max: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new CommandError('OPTION_INVALID', `${name} must be a whole number from ${min} to ${max}`);
}

/** Who has a secret wants to see whether it fits; with both it would look as if it did. */
function noSecret(terminal: Terminal, { secret, envFile }: SecretOptions): undefined {
  if (secret === undefined && !readVariable(terminal, 'TWENTY_WEBHOOK_SECRET', envFile)) return undefined;
  const text =
    'With --unsigned nothing is verified, but there is a secret: leave out --unsigned, or the secret (env -u TWENTY_WEBHOOK_SECRET …)';
  throw new CommandError('SECRET_UNUSED', text);
}

async function start(options: ListenOptions): Promise<RunningListen> {
  try {
    const { startListen } = await import('./start-listen.ts');
    return await startListen(options);
  } catch (cause) {
    // An inbox file that is damaged, or of somebody else.
    if (isWebhookError(cause)) throw new CommandError(cause.code, cause.message, { cause });
    throw cause;
  }
}

const toLine = (terminal: Terminal, delivery: DeliverySummary): string =>
  terminal.isJson ? jsonLine({ type: 'delivery', ...delivery }) : deliveryLine(delivery, terminal);

function messageOf({ message, cause }: Error): string {
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}
