#!/usr/bin/env node
import { CommanderError } from 'commander';
import { createProgram } from './program.ts';
import { exitCodes } from './terminal/exit-codes.ts';

// The command `twenty-webhooks`. Whoever reads it may have seen enough: `twenty-webhooks … | head`.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) =>
  process.exit(code === 'EPIPE' ? exitCodes.ok : exitCodes.usage),
);
try {
  await createProgram().parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  // Commander has said what is wrong; its own code for that is 1, which stands for a finding here.
  process.exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
}
