import type { Command } from 'commander';
import { createCommand } from '../terminal/create-command.ts';

export function sendCommand(): Command {
  return createCommand('send', { summary: 'send signed deliveries', examples: [] });
}
