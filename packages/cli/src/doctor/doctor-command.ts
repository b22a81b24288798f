import { type Command, Option } from 'commander';
import { action, createCommand } from '../terminal/create-command.ts';
import { addSecretOptions } from '../terminal/secrets.ts';
import type { DoctorOptions } from './doctor.ts';

export function doctorCommand(): Command {
  const command = createCommand('doctor', {
    summary: 'find out what an endpoint does wrong',
    description:
      'Send an endpoint of yours what Twenty sends, and what others might send, and say what loses events and what lets forgeries in. Its handlers run, on made-up records.',
    examples: [
      ['doctor http://localhost:3000/webhooks/twenty', 'Your server, on this machine'],
      ['doctor https://staging.example.com/webhooks/twenty --yes', 'Somewhere else: its handlers run there'],
      [
        'doctor http://localhost:3000/webhooks/twenty --json --env-file .env',
        'For scripts: exit code 1 if it has faults',
      ],
    ],
  })
    .argument('<url>', 'of the endpoint')
    .option('--yes', 'also if the endpoint is not on this machine')
    .addOption(
      new Option('--format <format>', 'what it must take: what servers send, what the guide describes, or both')
        .choices(['both', 'server', 'envelope'])
        .default('both'),
    )
    .option('--event <name>', 'an event that it handles', 'person.created');
  return addSecretOptions(command).action(
    action<DoctorOptions>(async (terminal, options, [url]) =>
      (await import('./doctor.ts')).doctor(terminal, String(url), options),
    ),
  );
}
