import { randomBytes } from 'node:crypto';
import { CommandError } from '../terminal/command-error.ts';
import { printable } from '../terminal/printable.ts';
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
  readonly isDryRun: boolean;
  /** What the `.env` file and the environment say. */
  readonly known: (name: string) => string | undefined;
}

/**
 * Decide about the secret: that of a webhook which is there stays, unless it is to be rotated; a new one has that of
 * TWENTY_WEBHOOK_SECRET, or a random one that is written into the `.env` file.
 *
 * @throws SECRET_HOMELESS if a new one could be written nowhere
 */
export function chooseSecret({ existing, envFile, isRotation, isDryRun, known }: SecretQuestion): SecretChoice {
  const given = known('TWENTY_WEBHOOK_SECRET');
  if (existing !== undefined && !isRotation) return { ...kept, warnings: aboutKept(existing, given) };
  const old = existing?.secret;
  const knownOld = known('TWENTY_WEBHOOK_SECRET_OLD');
  if (given !== undefined && given !== old) {
    const isOldWritten = Boolean(old) && envFile !== undefined;
    return {
      kind: 'given',
      secret: given,
      toWrite: old && isOldWritten && knownOld !== old ? { TWENTY_WEBHOOK_SECRET_OLD: old } : {},
      text: `${existing === undefined ? 'the one' : 'changed to the one'} in TWENTY_WEBHOOK_SECRET${isOldWritten ? ` (the old one in ${printable(envFile)}: TWENTY_WEBHOOK_SECRET_OLD)` : ''}`,
      warnings: [...aboutGiven(given), ...aboutRotation(old, isOldWritten)],
    };
  }
  // Twenty may still sign with the old one, which another rotation would overwrite.
  if (old && given === old && knownOld !== undefined && knownOld !== old)
    return { ...kept, warnings: [rotatedAlready] };
  if (envFile === undefined) {
    if (isDryRun) return { ...generated, secret: undefined, toWrite: {}, text: 'new, needs -e FILE', warnings: [] };
    throw new CommandError(
      'SECRET_HOMELESS',
      'A new secret is needed, and there is nowhere to keep it. Give -e .env, and it is made and written there (it is never shown); or set TWENTY_WEBHOOK_SECRET to one of your own.',
    );
  }
  const secret = randomBytes(32).toString('hex');
  return {
    ...generated,
    secret,
    toWrite: { TWENTY_WEBHOOK_SECRET: secret, ...(old && { TWENTY_WEBHOOK_SECRET_OLD: old }) },
    text: `new, 64 random characters, written to ${printable(envFile)}${old ? ' (the old one too: TWENTY_WEBHOOK_SECRET_OLD)' : ''}`,
    warnings: aboutRotation(old, true),
  };
}

const kept = { kind: 'kept', secret: undefined, toWrite: {}, text: 'unchanged' } as const;
const generated = { kind: 'generated' } as const;

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

function aboutRotation(old: string | undefined, isOldWritten: boolean): readonly string[] {
  if (!old) return [];
  const how = isOldWritten
    ? 'secret: [TWENTY_WEBHOOK_SECRET, TWENTY_WEBHOOK_SECRET_OLD].'
    : 'the one that it has now beside the new one. The old one is written nowhere; with -e .env it would be.';
  return [`For some minutes Twenty still signs with the old secret. Let the receiver accept both: ${how}`];
}

const rotatedAlready =
  'This rotation is done: Twenty has the secret in TWENTY_WEBHOOK_SECRET, and TWENTY_WEBHOOK_SECRET_OLD holds the one before. For another one, first take TWENTY_WEBHOOK_SECRET_OLD away, once no delivery is signed with it any more.';
