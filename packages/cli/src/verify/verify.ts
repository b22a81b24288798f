import { parseEvent, type TwentyEvent } from '@twenty-webhooks/core';
import { CommandError } from '../terminal/command-error.ts';
import type { CommandResult } from '../terminal/command-result.ts';
import { exitCodes } from '../terminal/exit-codes.ts';
import { findSecrets } from '../terminal/secrets.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { Delivery } from './delivery.ts';
import { diagnose } from './diagnose.ts';
import { readDelivery } from './read-delivery.ts';
import { toJson, toLines } from './report.ts';
import type { VerifyCommandOptions } from './verify-options.ts';

/** `twenty-webhooks verify`. @throws TIME_INVALID, TOLERANCE_INVALID, what `readDelivery` and `findSecrets` throw */
export async function verify(terminal: Terminal, options: VerifyCommandOptions): Promise<CommandResult> {
  const toleranceSeconds = parseTolerance(options.toleranceSeconds);
  const parsedNow = parseNow(options.now);
  // Nobody can be asked where standard input is the delivery, and one typed by hand should not be in vain.
  const isInputTaken = [options.body, options.headers, options.request].includes('-');
  const early = isInputTaken ? await findSecrets(terminal, options, { canAsk: false }) : undefined;
  const delivery = await readDelivery(options);
  const nowMs = parsedNow === 'signed' ? signingTime(delivery) : parsedNow;
  const secrets = early ?? (await findSecrets(terminal, options));
  const progress = terminal.progress();
  try {
    progress.update('Trying what may have changed the delivery…');
    const diagnosis = await diagnose(delivery, { secrets, nowMs, toleranceSeconds });
    const facts = { diagnosis, delivery, nowMs, event: await eventOf(delivery.body) };
    return {
      exitCode: diagnosis.cause === 'genuine' ? exitCodes.ok : exitCodes.negative,
      json: toJson(facts),
      lines: toLines(terminal, facts),
    };
  } finally {
    progress.stop();
  }
}

function parseTolerance(text: string | undefined): number {
  if (text === undefined) return 300;
  if (/^\d{1,10}(\.\d+)?$/.test(text) && Number(text) <= maxToleranceSeconds) return Number(text);
  throw new CommandError(
    'TOLERANCE_INVALID',
    `--tolerance-seconds is a number of seconds, as 300, and not over ${maxToleranceSeconds}; not "${text}". To ignore the age: --now signed.`,
  );
}

/** Of core. */
const maxToleranceSeconds = 2_147_483_647;

function parseNow(text: string | undefined): number | 'signed' {
  if (text === undefined) return Date.now();
  if (text === 'signed') return text;
  if (/^\d{12,14}$/.test(text)) return Number(text);
  const time = /^\d{4}-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time)) return time;
  throw new CommandError(
    'TIME_INVALID',
    `--now is "signed", a time as ${new Date(0).toISOString().replace('1970', '2026')}, or milliseconds since 1970; not "${text}".`,
  );
}

/** As of its own time nothing is too old. */
function signingTime({ timestamp = '' }: Delivery): number {
  return /^[1-9]\d{0,14}$/.test(timestamp) ? Number(timestamp) : Date.now();
}

/** What the body says it is, believed or not. */
async function eventOf(body: Uint8Array): Promise<TwentyEvent | undefined> {
  return parseEvent(body).catch(() => undefined);
}
