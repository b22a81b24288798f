import { shownUrl } from '../http/shown-url.ts';
import type { CommandResult } from '../terminal/command-result.ts';
import { printable } from '../terminal/printable.ts';
import { findSecrets } from '../terminal/secrets.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { openBodySource } from './make-delivery.ts';
import { sendDeliveries } from './send-deliveries.ts';
import { needsControl, planSend, type SendOptions } from './send-plan.ts';
import { toSendResult } from './send-result.ts';
import { createTally } from './tally.ts';

/** Send what was asked for, and say what became of it. The first Ctrl-C stops sending, the second one the process. */
export async function send(
  terminal: Terminal,
  options: SendOptions,
  event: string | undefined,
): Promise<CommandResult> {
  const plan = planSend(options, event);
  for (const warning of plan.warnings) terminal.note(printable(warning));
  const [secret] = plan.isUnsigned ? [''] : await findSecrets(terminal, options, { canAsk: options.file !== '-' });
  const source = await openBodySource(plan);
  const planned = plan.twist === 'duplicate' ? 2 * plan.times : plan.times + (needsControl(plan.twist) ? 1 : 0);
  const tally = createTally(planned);
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort();
  process.once('SIGINT', interrupt);
  const progress = terminal.progress();
  progress.update(`Waiting for ${shownUrl(plan.url)}, 30 s at most`);
  const startedMs = performance.now();
  let sent = 0;
  try {
    const { signal } = interruption;
    await sendDeliveries({
      plan,
      source,
      secret,
      signal,
      report(report) {
        tally.add(report);
        sent += 1;
        if (planned > 1)
          progress.update(`${sent} of ${planned} deliveries, the last one ${report.status ?? report.failure}`);
      },
    });
  } finally {
    progress.stop();
    process.off('SIGINT', interrupt);
  }
  return toSendResult(
    {
      plan,
      planned,
      event: source.event,
      format: source.format,
      tally: tally.read(),
      totalMs: performance.now() - startedMs,
      isInterrupted: interruption.signal.aborted,
    },
    terminal.style,
  );
}
