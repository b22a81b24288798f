import type { Command } from 'commander';
import { createCommand } from '../terminal/create-command.ts';

export function listenCommand(): Command {
  return createCommand('listen', { summary: 'receive deliveries and look at them', examples: [] });
}
