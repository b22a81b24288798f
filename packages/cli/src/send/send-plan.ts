import type { WireFormat } from '@twenty-webhooks/testing';
import { toHttpUrl } from '../http/send-request.ts';
import { CommandError } from '../terminal/command-error.ts';
import type { SecretOptions } from '../terminal/secrets.ts';
import { checkEventName } from './event-name.ts';
import { readSetting, type Setting } from './setting.ts';

/** The options of `send`, as they come from the command line. */
export interface SendOptions extends SecretOptions {
  readonly to: string;
  readonly format?: string;
  readonly set?: readonly string[];
  readonly file?: string;
  readonly times: string;
  readonly concurrency: string;
  readonly tamper?: boolean;
  readonly stale?: boolean;
  readonly duplicate?: boolean;
  readonly unsigned?: boolean;
}

/** What is done on purpose to a delivery that would be genuine. */
export type Twist = 'tamper' | 'stale' | 'duplicate';

/** Whether a genuine delivery goes first. */
export const needsControl = (twist: Twist | undefined): twist is 'tamper' | 'stale' =>
  twist === 'tamper' || twist === 'stale';

/** Options that were checked, alone and against each other. */
export interface SendPlan {
  readonly url: URL;
  readonly source:
    | { readonly kind: 'sample'; readonly event: string; readonly format: WireFormat }
    /** Without a format it is that of the body. */
    | { readonly kind: 'file'; readonly file: string; readonly format: WireFormat | undefined };
  readonly settings: readonly Setting[];
  readonly times: number;
  readonly concurrency: number;
  readonly twist: Twist | undefined;
  readonly isUnsigned: boolean;
  /** What is allowed, but hardly meant. */
  readonly warnings: readonly string[];
}

/** Check what was given. @throws OPTION_INVALID, OPTIONS_CONFLICT, EVENT_INVALID, EVENT_MISSING, SET_INVALID, URL_INVALID */
export function planSend(options: SendOptions, event: string | undefined): SendPlan {
  const url = toHttpUrl(options.to);
  const format = readFormat(options.format);
  const source = readSource(event, options.file, format);
  const twist = readTwist(options);
  if (options.unsigned) checkUnsigned(options, twist);
  if (twist === 'stale' && source.format === 'envelope') throw timelessSignature();
  const settings = (options.set ?? []).map(readSetting);
  const eventWarning = source.kind === 'sample' ? checkEventName(source.event) : undefined;
  return {
    url,
    source,
    settings,
    times: readCount('--times', options.times, 100_000),
    concurrency: readCount('--concurrency', options.concurrency, 1_000),
    twist,
    isUnsigned: options.unsigned === true,
    warnings: [eventWarning, ...settings.map(({ warning }) => warning)].filter((warning) => warning !== undefined),
  };
}

export const timelessSignature = (): CommandError =>
  new CommandError(
    'OPTIONS_CONFLICT',
    '--stale needs the server format: the signature of the envelope format has no time, so no receiver can tell its age.',
  );

function readFormat(format: string | undefined): WireFormat | undefined {
  if (format === undefined || format === 'server' || format === 'envelope') return format;
  throw new CommandError('OPTION_INVALID', `--format is server or envelope, not "${format}".`);
}

function readSource(
  event: string | undefined,
  file: string | undefined,
  format: WireFormat | undefined,
): SendPlan['source'] {
  if (file === undefined) {
    if (event !== undefined) return { kind: 'sample', event, format: format ?? 'server' };
    throw new CommandError('EVENT_MISSING', 'Name an event, like person.created, or give a body with --file.');
  }
  if (event === undefined) return { kind: 'file', file, format };
  throw new CommandError('OPTIONS_CONFLICT', `--file says which event it is: leave "${event}" out.`);
}

function readTwist(options: SendOptions): Twist | undefined {
  const given = (['tamper', 'stale', 'duplicate'] as const).filter((twist) => options[twist]);
  if (given.length < 2) return given[0];
  throw new CommandError('OPTIONS_CONFLICT', `Give one of ${given.map((twist) => `--${twist}`).join(' and ')}.`);
}

function checkUnsigned(options: SendOptions, twist: Twist | undefined): void {
  if (needsControl(twist)) {
    throw new CommandError('OPTIONS_CONFLICT', `--${twist} spoils a signature: leave --unsigned out.`);
  }
  if (options.secret !== undefined || options.envFile !== undefined) {
    throw new CommandError('OPTIONS_CONFLICT', 'Nothing is signed with --unsigned: leave the secret out.');
  }
}

function readCount(name: string, text: string, limit: number): number {
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= limit) return count;
  throw new CommandError('OPTION_INVALID', `${name} is a whole number from 1 to ${limit}, not "${text}".`);
}
