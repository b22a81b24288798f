import type { Command } from 'commander';
import { action, createCommand } from '../terminal/create-command.ts';
import type { ConnectionOptions } from './connect-api.ts';
import type { RegisterOptions } from './register.ts';
import type { UnregisterOptions } from './unregister.ts';

export function registerCommand(): Command {
  return createCommand('register', {
    summary: 'create or update a webhook in Twenty',
    description: `Create a webhook in a Twenty workspace, or bring the one of this URL in line. What changes is shown first.

A new webhook gets the secret of TWENTY_WEBHOOK_SECRET; without one a random secret is made and written to --env-file (mode 600), and never shown. The secret of a webhook that is there stays as it is.

Write -e for a file that is not there yet: Node itself looks for --env-file, wherever it stands, and ends with "not found".

${whereTwentyIs}`,
    examples: [
      [
        "register --url https://app.example.com/webhooks/twenty --events 'person.*' company.created -e .env",
        'all that happens to people, and new companies',
      ],
      ["register --url https://app.example.com/webhooks/twenty --events '*.updated' --dry-run", 'what would change'],
      [
        "register --url https://app.example.com/webhooks/twenty --events 'person.*' --rotate-secret -e .env",
        'a new secret; the old one goes to TWENTY_WEBHOOK_SECRET_OLD',
      ],
    ],
  })
    .requiredOption('--url <url>', 'where Twenty is to send deliveries')
    .requiredOption('--events <patterns...>', "what it is to send, in quotes: 'person.*' company.created '*.updated'")
    .option('--description <text>', 'what it is for, shown in Twenty')
    .option('-e, --env-file <file>', 'read TWENTY_* from this file (.env), and write a new secret to it')
    .option('--rotate-secret', 'give a webhook that is there a new secret')
    .option('--api-url <url>', 'where Twenty is, instead of TWENTY_API_URL')
    .option('--dry-run', 'show what would change, and end')
    .option('-y, --yes', 'do not ask')
    .action(
      action<RegisterOptions>(async (terminal, options) => (await import('./register.ts')).register(terminal, options)),
    );
}

export function listCommand(): Command {
  return withConnection(
    createCommand('list', {
      summary: 'list the webhooks of a workspace',
      description: `List the webhooks of a Twenty workspace, without their secrets.\n\n${whereTwentyIs}`,
      examples: [['list -e .env', 'with TWENTY_API_URL and TWENTY_API_KEY of that file']],
    }),
  ).action(action<ConnectionOptions>(async (terminal, options) => (await import('./list.ts')).list(terminal, options)));
}

export function unregisterCommand(): Command {
  return withConnection(
    createCommand('unregister', {
      summary: 'delete a webhook in Twenty',
      description: `Delete the webhook of an id, or all of a URL. They are shown first.\n\n${whereTwentyIs}`,
      examples: [
        ['unregister --url https://app.example.com/webhooks/twenty', 'all webhooks on this URL'],
        ['unregister --id 3f1c2c8e-7e6b-4a53-9a3a-0d1d4f7f3a11 --yes', 'one of them, without a question'],
      ],
    }),
  )
    .option('--url <url>', 'delete all webhooks on this URL')
    .option('--id <id>', 'delete this webhook')
    .option('--dry-run', 'show what would be deleted, and end')
    .option('-y, --yes', 'do not ask; needed where nobody can be asked')
    .action(
      action<UnregisterOptions>(async (terminal, options) =>
        (await import('./unregister.ts')).unregister(terminal, options),
      ),
    );
}

const withConnection = (command: Command): Command =>
  command
    .option('-e, --env-file <file>', 'read TWENTY_API_URL and TWENTY_API_KEY from this file (.env)')
    .option('--api-url <url>', 'where Twenty is, instead of TWENTY_API_URL');

const whereTwentyIs = `TWENTY_API_URL says where Twenty is (https://crm.example.com), TWENTY_API_KEY is a key of Settings > API & Webhooks; it is asked for where it is missing and somebody can answer.`;
