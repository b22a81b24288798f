import type { Command } from 'commander';
import { createCommand } from '../terminal/create-command.ts';

export function doctorCommand(): Command {
  return createCommand('doctor', { summary: 'find out what an endpoint does wrong', examples: [] });
}
