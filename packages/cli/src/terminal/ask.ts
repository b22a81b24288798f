import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { CommandError } from './command-error.ts';
import { exitCodes } from './exit-codes.ts';

/**
 * Ask for one line on the terminal, over standard error. Of a secret nothing shows. (npm's package `read` never settles
 * where the input ends.)
 *
 * @throws PROMPT_CANCELLED at Ctrl-C, and at the end of the input (Ctrl-D)
 */
export function ask(prompt: string, { isSecret }: { readonly isSecret: boolean }): Promise<string> {
  const { stdin: input, stderr } = process;
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  return new Promise((resolve, reject) => {
    // `terminal` turns the terminal's own echo off: what shows is what readline writes.
    const reader = createInterface({ input, output: isSecret ? nowhere : stderr, terminal: true, historySize: 0 });
    let isOver = false;
    const end = (settle: () => void, isLineOpen: boolean): void => {
      if (isOver) return;
      isOver = true;
      reader.close();
      if (isLineOpen) stderr.write('\n');
      settle();
    };
    if (isSecret) stderr.write(prompt);
    reader.question(isSecret ? '' : prompt, (line) => end(() => resolve(line), isSecret));
    reader.on('SIGINT', () => end(() => reject(cancelled(exitCodes.interrupted)), true));
    reader.on('close', () => end(() => reject(cancelled(exitCodes.usage)), true));
  });
}

const cancelled = (exitCode: 2 | 130): CommandError => new CommandError('PROMPT_CANCELLED', 'Cancelled', { exitCode });
