import type { Command } from 'commander';
import { createCommand } from '../terminal/create-command.ts';

export function verifyCommand(): Command {
  return createCommand('verify', { summary: 'say whether a delivery is genuine, and why not', examples: [] });
}
