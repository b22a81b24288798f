import type { Command } from 'commander';
import { createCommand } from '../terminal/create-command.ts';

export function registerCommand(): Command {
  return createCommand('register', { summary: 'create or update a webhook in Twenty', examples: [] });
}

export function listCommand(): Command {
  return createCommand('list', { summary: 'list the webhooks of a workspace', examples: [] });
}

export function unregisterCommand(): Command {
  return createCommand('unregister', { summary: 'delete a webhook in Twenty', examples: [] });
}
