import { CommandError } from './command-error.ts';
import type { Terminal } from './terminal.ts';

/**
 * Whether somebody agrees to what cannot be undone: with `--yes`, or asked on a terminal.
 *
 * @throws CONSENT_MISSING where nobody can be asked
 */
export async function isAgreed(terminal: Terminal, isYes: boolean | undefined, question: string): Promise<boolean> {
  if (isYes === true) return true;
  if (terminal.isInteractive) return terminal.confirm(question);
  throw new CommandError(
    'CONSENT_MISSING',
    `${question} Nobody can be asked here: add --yes if that is what you want.`,
  );
}
