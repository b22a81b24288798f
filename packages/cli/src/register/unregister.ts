import { CommandError } from '../terminal/command-error.ts';
import type { CommandResult } from '../terminal/command-result.ts';
import { exitCodes } from '../terminal/exit-codes.ts';
import { isAgreed } from '../terminal/is-agreed.ts';
import { printable } from '../terminal/printable.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { type ConnectionOptions, connectApi } from './connect-api.ts';
import { normaliseUrl, toTargetUrl } from './target-url.ts';
import { deleteWebhook, listWebhooks, type Webhook } from './twenty-webhooks-api.ts';
import { toShownWebhook, toWebhookTable } from './webhook-views.ts';

export interface UnregisterOptions extends ConnectionOptions {
  readonly url?: string;
  readonly id?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

/** Delete the webhook of an id, or all of a URL, after showing them. */
export async function unregister(terminal: Terminal, options: UnregisterOptions): Promise<CommandResult> {
  const isMeant = toSelection(options);
  const connection = await connectApi(terminal, options);
  const webhooks = (await listWebhooks(connection)).filter(isMeant);
  const shown = webhooks.map(toShownWebhook);
  const result = (exitCode: 0 | 1, result: string, line: string): CommandResult => ({
    exitCode,
    json: { result, webhooks: shown },
    lines: [line],
  });
  if (webhooks.length === 0) return result(exitCodes.negative, 'none', 'There is no such webhook.');
  if (!terminal.isJson) for (const line of toWebhookTable(webhooks)) terminal.print(line);
  if (options.dryRun) return result(exitCodes.ok, 'would-delete', 'Nothing was deleted (--dry-run).');
  const what = webhooks.length === 1 ? 'this webhook' : `these ${webhooks.length} webhooks`;
  if (
    !(await isAgreed(terminal, options.yes, `Delete ${what} (${webhooks.map(({ id }) => printable(id)).join(', ')})?`))
  ) {
    return result(exitCodes.negative, 'cancelled', 'Nothing was deleted.');
  }
  const deleted: string[] = [];
  const gone: string[] = [];
  for (const [index, webhook] of webhooks.entries()) {
    try {
      ((await deleteWebhook(connection, webhook)) ? deleted : gone).push(webhook.id);
    } catch (error) {
      if (index === 0 || !(error instanceof CommandError)) throw error;
      const { code, message, exitCode } = error;
      const left = webhooks.slice(index).map(({ id }) => id);
      terminal.note(
        `${message} Before this, ${deleted.length + gone.length} of ${webhooks.length} webhooks were deleted.`,
      );
      const json = { result: 'incomplete', error: { code, message }, webhooks: shown, deleted, gone, left };
      return { exitCode, json, lines: [`Left: ${left.map(printable).join(', ')}`] };
    }
  }
  return {
    exitCode: exitCodes.ok,
    json: { result: 'deleted', webhooks: shown, deleted, gone, left: [] },
    lines: [
      ...(deleted.length === 0 ? [] : [`Deleted ${gone.length === 0 ? what : deleted.map(printable).join(', ')}.`]),
      ...(gone.length === 0 ? [] : [`Somebody has deleted ${gone.map(printable).join(', ')} meanwhile.`]),
    ],
  };
}

function toSelection({ url, id }: UnregisterOptions): (webhook: Webhook) => boolean {
  if ((url === undefined) === (id === undefined)) {
    throw new CommandError(
      'OPTIONS_INVALID',
      'Which one? Give either --url or --id; "twenty-webhooks list" shows both.',
    );
  }
  if (url === undefined) return (webhook) => webhook.id.toLowerCase() === id?.toLowerCase();
  const wanted = normaliseUrl(toTargetUrl(url).href);
  return ({ targetUrl }) => normaliseUrl(targetUrl) === wanted;
}
