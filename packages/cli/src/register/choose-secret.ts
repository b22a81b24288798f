import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { CommandError } from '../terminal/command-error.ts';
import { printable } from '../terminal/printable.ts';
import { readVariable } from '../terminal/secrets.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { Webhook } from './twenty-webhooks-api.ts';

export interface SecretChoice {
  readonly kind: 'kept' | 'given' | 'generated';
  /** To be sent to Twenty; `undefined`: as it is. */
  readonly secret: string | undefined;
  /** What is to be set in the `.env` file before. */
  readonly toWrite: Readonly<Record<string, string>>;
  /** For people. */
  readonly text: string;
  readonly warnings: readonly string[];
}

export interface SecretQuestion {
  readonly existing: Webhook | undefined;
  readonly envFile: string | undefined;
  readonly isRotation: boolean;
}

/**
 * Decide about the secret: that of a webhook which is there stays, unless it is to be rotated; a new one has that of
 * TWENTY_WEBHOOK_SECRET, or a random one that is written into the `.env` file.
 *
 * @throws SECRET_HOMELESS if a new one could be written nowhere
 */
export function chooseSecret(terminal: Terminal, { existing, envFile, isRotation }: SecretQuestion): SecretChoice {
  const given = knownSecret(terminal, envFile);
  if (existing !== undefined && !isRotation) return { ...kept, warnings: aboutKept(existing, given) };
  if (given !== undefined && given !== existing?.secret) {
    const text = `${existing === undefined ? 'the one' : 'changed to the one'} in TWENTY_WEBHOOK_SECRET`;
    return {
      kind: 'given',
      secret: given,
      toWrite: {},
      text,
      warnings: [...aboutGiven(given), ...aboutRotation(existing)],
    };
  }
  if (envFile === undefined) {
    throw new CommandError(
      'SECRET_HOMELESS',
      'A new secret is needed, and there is nowhere to keep it. Give -e .env, and it is made and written there (it is never shown); or set TWENTY_WEBHOOK_SECRET to one of your own.',
    );
  }
  const secret = randomBytes(32).toString('hex');
  const old = existing?.secret;
  return {
    kind: 'generated',
    secret,
    toWrite: { TWENTY_WEBHOOK_SECRET: secret, ...(old && { TWENTY_WEBHOOK_SECRET_OLD: old }) },
    text: `new, 64 random characters, written to ${printable(envFile)}${old ? ' (the old one too: TWENTY_WEBHOOK_SECRET_OLD)' : ''}`,
    warnings: aboutRotation(existing),
  };
}

/** A `.env` file that is not there yet holds nothing; an empty value is none. */
function knownSecret(terminal: Terminal, envFile: string | undefined): string | undefined {
  const name = 'TWENTY_WEBHOOK_SECRET';
  const file = envFile !== undefined && existsSync(envFile) ? envFile : undefined;
  return readVariable(terminal, name, file) || terminal.env[name] || undefined;
}

const kept = { kind: 'kept', secret: undefined, toWrite: {}, text: 'unchanged' } as const;

function aboutKept({ secret }: Webhook, given: string | undefined): readonly string[] {
  if (secret === '') {
    return [
      'This webhook has no secret, so its deliveries are not signed, and anybody can send you some. Add --rotate-secret to give it one.',
    ];
  }
  if (secret === undefined || given === undefined || secret === given) return [];
  return [
    'The secret in TWENTY_WEBHOOK_SECRET is not that of this webhook: a receiver with it refuses all deliveries (SIGNATURE_MISMATCH). Set it to what Twenty shows, or add --rotate-secret.',
  ];
}

function aboutGiven(secret: string): readonly string[] {
  if (secret.trim() !== secret) {
    return ['TWENTY_WEBHOOK_SECRET begins or ends with white space, which counts: the receiver must have it as well.'];
  }
  return secret.length < 16 ? ['TWENTY_WEBHOOK_SECRET is short enough to be guessed.'] : [];
}

function aboutRotation(existing: Webhook | undefined): readonly string[] {
  if (!existing?.secret) return [];
  return [
    'For some minutes Twenty still signs with the old secret. Let the receiver accept both: secret: [TWENTY_WEBHOOK_SECRET, TWENTY_WEBHOOK_SECRET_OLD].',
  ];
}
