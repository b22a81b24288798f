import { styleText } from 'node:util';
import { CommandError } from './command-error.ts';
import { createProgress, type Progress } from './progress.ts';

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** The process, as a command sees it. Results go to standard output, everything else to standard error. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether results are for scripts (`--json`). */
  readonly isJson: boolean;
  /** Columns of standard output; 80 where it is no terminal. */
  readonly columns: number;
  /** Whether somebody can be asked. */
  readonly isInteractive: boolean;
  /** Write one line of the result. */
  print(line: string): void;
  /** Write a warning or a hint. */
  note(line: string): void;
  /** Colour a part of a line of standard output, if that is a terminal and nobody objects (`NO_COLOR`). */
  style(style: Style, text: string): string;
  /** Say what is going on, once it takes longer than two seconds. */
  progress(): Progress;
  /** Ask for what must not be shown. @throws PROMPT_IMPOSSIBLE, PROMPT_CANCELLED */
  askSecret(question: string): Promise<string>;
  /** Ask for a yes. @throws PROMPT_IMPOSSIBLE, PROMPT_CANCELLED */
  confirm(question: string): Promise<boolean>;
}

/** The terminal that this process runs in. */
export function processTerminal({ isJson = false }: { readonly isJson?: boolean } = {}): Terminal {
  const { stdin, stdout, stderr, env } = process;
  // What is asked is written to standard error, so that a result can be piped on while somebody answers.
  const isInteractive = stdin.isTTY === true && stderr.isTTY === true;
  const askHere = async (prompt: string, isSecret: boolean): Promise<string> => {
    if (!isInteractive) throw new CommandError('PROMPT_IMPOSSIBLE', `Nobody can be asked here: ${prompt}`);
    const { ask } = await import('./ask.ts');
    return ask(prompt, { isSecret });
  };
  return {
    env,
    isJson,
    columns: stdout.columns ?? 80,
    isInteractive,
    print: (line) => void stdout.write(`${line}\n`),
    note: (line) => void stderr.write(`${line}\n`),
    style: (style, text) => styleText(style, text, { stream: stdout }),
    progress: () => createProgress(stderr),
    askSecret: (question) => askHere(`${question}: `, true),
    confirm: async (question) => /^y(es)?$/i.test((await askHere(`${question} [y/N] `, false)).trim()),
  };
}
