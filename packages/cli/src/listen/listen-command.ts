import type { Command } from 'commander';
import { action, createCommand } from '../terminal/create-command.ts';
import { addSecretOptions } from '../terminal/secrets.ts';
import type { ListenCommandOptions } from './listen.ts';

export function listenCommand(): Command {
  const command = createCommand('listen', {
    summary: 'receive deliveries and look at them in a web inspector',
    description:
      'Receive deliveries on this machine, verify and keep them, and show them in a web inspector. With --forward pass each ' +
      'one on, its body and its headers unchanged, and answer as your own server does. Ctrl+C ends it.',
    examples: [
      ['listen', 'Receive, verify and look'],
      ['listen --forward http://localhost:3000/webhooks/twenty', 'In front of your own server'],
      ['listen --unsigned', 'For a webhook that has no secret'],
      ["listen --json | jq 'select(.code)'", 'Only what was refused'],
    ],
  })
    .option('--port <number>', 'port on 127.0.0.1; 0 for a free one', '4000')
    .option('--forward <url>', 'pass each delivery on to this URL, and answer as it does')
    .option('--inbox <folder>', 'keep what came in here', '.twenty-webhooks')
    .option('--keep <number>', 'how many deliveries are kept; older ones are forgotten', '10000')
    .option('--unsigned', 'verify nothing: for webhooks without a secret');
  return addSecretOptions(command).action(
    action<ListenCommandOptions>(async (terminal, options) => (await import('./listen.ts')).listen(terminal, options)),
  );
}
