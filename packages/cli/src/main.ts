#!/usr/bin/env node
import { CommanderError } from 'commander';
import { createProgram } from './program.ts';
import { errorJson } from './terminal/create-command.ts';
import { exitCodes } from './terminal/exit-codes.ts';

// The command `twenty-webhooks`.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
  // Whoever reads it may have seen enough (`… | head`), which changes nothing of what was found. A command that was not
  // done yet ends as if by the signal that says so.
  if (code === 'EPIPE') process.exit(process.exitCode ?? sigpipe);
  process.stderr.write(`Cannot write the result: ${code}\n`);
  process.exit(exitCodes.usage);
});
// What cannot be said there changes nothing either.
process.stderr.on('error', () => {});
const sigpipe = 141;

try {
  await createProgram().parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  // Commander has said what is wrong; its own code for that is 1, which stands for a finding here.
  process.exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  if (error.exitCode !== 0 && process.argv.includes('--json')) {
    const message = error.code === 'commander.help' ? 'There is no command' : error.message.replace(/^error: /, '');
    process.stdout.write(`${errorJson('USAGE', message)}\n`);
  }
}
