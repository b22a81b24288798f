import type { CommandResult } from '../terminal/command-result.ts';
import { exitCodes } from '../terminal/exit-codes.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { type ConnectionOptions, connectApi } from './connect-api.ts';
import { listWebhooks } from './twenty-webhooks-api.ts';
import { findDuplicates, toShownWebhook, toWebhookTable } from './webhook-views.ts';

/** Show the webhooks of a workspace. */
export async function list(terminal: Terminal, options: ConnectionOptions): Promise<CommandResult> {
  const webhooks = await listWebhooks(await connectApi(terminal, options));
  const duplicatesOf = findDuplicates(webhooks);
  const isDoubled = webhooks.some((webhook) => duplicatesOf(webhook).length > 0);
  const isUnsigned = webhooks.some(({ secret }) => secret === '');
  return {
    exitCode: exitCodes.ok,
    json: {
      webhooks: webhooks.map((webhook) => ({
        ...toShownWebhook(webhook),
        sameUrlAs: duplicatesOf(webhook),
      })),
    },
    lines: [
      ...(webhooks.length === 0 ? ['There are no webhooks in this workspace.'] : toWebhookTable(webhooks)),
      ...(isDoubled ? ['', '= several webhooks are on this URL: an event that they share comes several times.'] : []),
      ...(isUnsigned
        ? ['', 'NO  has no secret, so anybody can send such deliveries: register … --rotate-secret gives it one.']
        : []),
    ],
  };
}
