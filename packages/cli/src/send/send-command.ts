import type { Command } from 'commander';
import { action, createCommand } from '../terminal/create-command.ts';
import { addSecretOptions } from '../terminal/secrets.ts';
import type { SendOptions } from './send-plan.ts';

export function sendCommand(): Command {
  const command = createCommand('send', {
    summary: 'send signed deliveries',
    description:
      'Send signed deliveries of a sample event, or of a file, to an endpoint, and say what Twenty would make of the answer.\n' +
      'The endpoint is right (exit code 0) if it answers 200 within 5 seconds; with --tamper and --stale, if it accepts a genuine ' +
      'delivery that is sent first, and then refuses the spoiled ones with 400, 401, 403 or 422.',
    examples: [
      ['send person.created', 'To http://localhost:3000/webhooks/twenty, signed with TWENTY_WEBHOOK_SECRET'],
      ['send person.updated --to http://localhost:4000/hook --set record.name.firstName=Ada', 'With a value of yours'],
      ["send rocket.launched --set 'record.stages=[1,2]'", 'Of a custom object; values may be JSON'],
      ['send --file body.json', 'Exactly the bytes of a file, signed now'],
      ['send person.created --times 1000 --concurrency 20', 'A burst, as an import makes one'],
      ['send person.created --tamper', 'Does the endpoint refuse what was changed after signing?'],
    ],
  })
    .argument('[event]', 'person.created, rocket.launched, metadata.view.updated, …; left out with --file')
    .option('--to <url>', 'where to', 'http://localhost:3000/webhooks/twenty')
    .option('--format <format>', 'server: what Twenty sends; envelope: what its guide shows (default: server)')
    .option(
      '--set <path=value>',
      'change the body, several times for several; JSON if it can be read as such, else text',
      (setting: string, before: readonly string[] = []) => [...before, setting],
    )
    .option('--file <file>', 'send these bytes instead of a sample event; - is standard input')
    .option('--times <n>', 'how many deliveries, each of a new event', '1')
    .option('--concurrency <n>', 'how many at the same time', '1')
    .option('--tamper', 'change one byte of the body after signing; a genuine delivery goes first')
    .option('--stale', 'sign it as of 10 minutes ago; a genuine delivery goes first')
    .option('--duplicate', 'send each event twice: the same body, signed anew')
    .option('--unsigned', 'send without signature, as Twenty does for a webhook without secret')
    .action(
      action<SendOptions>(async (terminal, options, [event]) => {
        const { send } = await import('./send.ts');
        return send(terminal, options, typeof event === 'string' ? event : undefined);
      }),
    );
  return addSecretOptions(command);
}
