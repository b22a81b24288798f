import type { Command } from 'commander';
import { createCommand } from '../terminal/create-command.ts';

export function failedCommand(): Command {
  return createCommand('failed', { summary: 'dead jobs of an inbox', examples: [] });
}
