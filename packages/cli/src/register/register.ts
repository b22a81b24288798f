import { existsSync } from 'node:fs';
import type { CommandResult } from '../terminal/command-result.ts';
import { exitCodes } from '../terminal/exit-codes.ts';
import { printable } from '../terminal/printable.ts';
import { readVariables } from '../terminal/secrets.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { carryOut } from './carry-out.ts';
import { checkEvents } from './check-events.ts';
import { targetWarnings } from './check-target.ts';
import { chooseSecret, type SecretChoice } from './choose-secret.ts';
import { connectApi } from './connect-api.ts';
import { setInEnvFile } from './env-file.ts';
import { type Plan, planRegistration, type ShownChange, toShownChanges } from './plan-registration.ts';
import { toTargetUrl } from './target-url.ts';
import { listWebhooks } from './twenty-webhooks-api.ts';
import { toShownWebhook } from './webhook-views.ts';

export interface RegisterOptions {
  readonly url: string;
  readonly events: readonly string[];
  readonly description?: string;
  readonly envFile?: string;
  readonly apiUrl?: string;
  readonly rotateSecret?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

/** Create a webhook, or bring the one of this URL in line, and say before what changes. */
export async function register(terminal: Terminal, options: RegisterOptions): Promise<CommandResult> {
  const { envFile, apiUrl, rotateSecret: isRotation = false, dryRun: isDryRun = false, description } = options;
  const url = toTargetUrl(options.url);
  const { operations, warnings: aboutEvents } = checkEvents(options.events);
  // The file may be made by this command.
  const known = readVariables(terminal, envFile !== undefined && existsSync(envFile) ? envFile : undefined);
  const connection = await connectApi(terminal, apiUrl === undefined ? {} : { apiUrl }, known);
  const plan = planRegistration(await listWebhooks(connection), { targetUrl: url.href, operations, description });
  const choice = chooseSecret({ existing: plan.existing, envFile, isRotation, isDryRun, known });
  const isWritten = envFile !== undefined && Object.keys(choice.toWrite).length > 0;
  if (isDryRun && isWritten) setInEnvFile(envFile, choice.toWrite, { isDryRun });
  const warnings = [...aboutEvents, ...targetWarnings(url), ...aboutWebhooks(plan), ...choice.warnings];
  for (const warning of warnings) terminal.note(`Warning: ${warning}`);

  const changes = toShownChanges(plan);
  const facts = { dryRun: isDryRun, changes, secret: choice.kind, warnings };
  if (plan.existing !== undefined && changes.length === 0 && choice.kind === 'kept') {
    return {
      exitCode: exitCodes.ok,
      json: { result: 'unchanged', webhook: toShownWebhook(plan.existing), ...facts },
      lines: [`Webhook ${printable(plan.existing.id)} is already as it should be.`],
    };
  }
  const say = terminal.isJson ? terminal.note : terminal.print;
  const isAsked = terminal.isInteractive && options.yes !== true && !isDryRun;
  if (!terminal.isJson || isAsked) for (const line of toPlanLines(plan, changes, choice)) say(line);
  const verb = plan.existing === undefined ? 'create' : 'update';
  if (isDryRun) {
    const json = { result: `would-${verb}`, webhook: plan.existing ? toShownWebhook(plan.existing) : null, ...facts };
    return { exitCode: exitCodes.ok, json, lines: ['Nothing was changed (--dry-run).'] };
  }
  if (isAsked && !(await terminal.confirm(verb === 'create' ? 'Create it?' : 'Update it?'))) {
    return { exitCode: exitCodes.negative, json: { result: 'cancelled', ...facts }, lines: ['Nothing was changed.'] };
  }
  const webhook = await carryOut(connection, plan, choice, envFile);
  const isRight = choice.secret === undefined || webhook.secret === undefined || webhook.secret === choice.secret;
  if (!isRight) terminal.note(`Warning: ${secretIgnored}`);
  return {
    exitCode: isRight ? exitCodes.ok : exitCodes.negative,
    json: { result: `${verb}d`, webhook: toShownWebhook(webhook), ...facts },
    lines: [`${verb === 'create' ? 'Created' : 'Updated'} webhook ${printable(webhook.id)}.`],
  };
}

function aboutWebhooks({ existing, others }: Plan): readonly string[] {
  const warnings: string[] = [];
  if (existing !== undefined && others.length > 0) {
    const ids = others.map(({ id }) => printable(id)).join(', ');
    warnings.push(
      `${others.length + 1} webhooks are on this URL, so each event that they share comes several times. This is about the oldest, ${printable(existing.id)}; delete the others with "twenty-webhooks unregister --id": ${ids}`,
    );
  }
  if (existing?.isActive === false) {
    warnings.push(
      'Twenty has disabled this webhook after failed deliveries. Enable it there, once the receiver works.',
    );
  }
  return warnings;
}

function toPlanLines({ existing }: Plan, changes: readonly ShownChange[], { text }: SecretChoice): readonly string[] {
  const lines = changes.map(({ field, before, after }) => {
    const named = (value: string): string => (value === '' ? '(none)' : printable(value));
    return `  ${field.padEnd(11)}  ${before === undefined ? '' : `${named(before)} → `}${named(after)}`;
  });
  const head = existing === undefined ? 'New webhook' : `Webhook ${printable(existing.id)}`;
  return [head, ...lines, `  ${'secret'.padEnd(11)}  ${text}`];
}

const secretIgnored =
  'Twenty has given the webhook another secret than it was told to. Copy it from Settings > API & Webhooks to TWENTY_WEBHOOK_SECRET.';
