import { Command } from 'commander';
import { doctorCommand } from './doctor/doctor-command.ts';
import { failedCommand } from './failed/failed-command.ts';
import { listenCommand } from './listen/listen-command.ts';
import { listCommand, registerCommand, unregisterCommand } from './register/register-commands.ts';
import { sendCommand } from './send/send-command.ts';
import { exitCodes } from './terminal/exit-codes.ts';
import { verifyCommand } from './verify/verify-command.ts';
import { version } from './version.ts';

/** Everything that `twenty-webhooks` can do. */
export function createProgram(): Command {
  const program = new Command('twenty-webhooks')
    .description('Send, receive, inspect, verify and diagnose webhooks of the Twenty CRM.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help')
    .exitOverride()
    .showHelpAfterError('(add --help for help)')
    .addHelpText('after', helpEnd);
  const commands = [
    sendCommand(),
    listenCommand(),
    verifyCommand(),
    doctorCommand(),
    registerCommand(),
    listCommand(),
    unregisterCommand(),
    failedCommand(),
  ];
  for (const command of commands) program.addCommand(inherit(command, program));
  return program;
}

/** Take over settings, which commands that were made by themselves do not have. */
function inherit(command: Command, program: Command): Command {
  command.copyInheritedSettings(program);
  for (const child of command.commands) inherit(child, command);
  return command;
}

const helpEnd = `
Environment:
  TWENTY_WEBHOOK_SECRET  secret of the webhook; asked for if it is missing
  TWENTY_API_URL         of register, list, unregister: https://crm.example.com
  TWENTY_API_KEY         of register, list, unregister
  TWENTY_INBOX           of failed: file or URL of the inbox
  NO_COLOR               no colours

Files with these variables: write -e .env and not --env-file .env. Node itself
looks for --env-file, also behind the command, and ends with "not found" where
the file is not there yet (https://github.com/nodejs/node/issues/54232).

Exit codes:
  ${exitCodes.ok}    done, and as it should be
  ${exitCodes.negative}    looked at, and not as it should be
  ${exitCodes.usage}    cannot be done as it was given
  ${exitCodes.unreachable}    somebody could not be reached
  ${exitCodes.interrupted}  Ctrl-C

Examples:
  # A receiver with a web inspector, in front of your own server
  $ twenty-webhooks listen --forward http://localhost:3000/webhooks/twenty
  # One signed delivery
  $ twenty-webhooks send person.created --to http://localhost:3000/webhooks/twenty
  # Does an endpoint do all that it should?
  $ twenty-webhooks doctor http://localhost:3000/webhooks/twenty`;
