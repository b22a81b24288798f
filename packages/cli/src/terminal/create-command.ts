import { Command } from 'commander';
import { CommandError } from './command-error.ts';
import type { CommandResult } from './command-result.ts';
import { exitCodes } from './exit-codes.ts';
import { processTerminal, type Terminal } from './terminal.ts';

export interface CommandDescription {
  readonly summary: string;
  /** More than the summary, where something has to be said. */
  readonly description?: string;
  /** Command lines without the program's name, each with what it does. */
  readonly examples: readonly (readonly [commandLine: string, does: string])[];
}

/** A command with its examples in `--help`, and `--json`. */
export function createCommand(name: string, { summary, description, examples }: CommandDescription): Command {
  const lines = examples.map(([line, does]) => `  # ${does}\n  $ twenty-webhooks ${line}`);
  return new Command(name)
    .summary(summary)
    .description(description ?? summary)
    .option('--json', 'print the result as JSON')
    .addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
}

type Values = readonly (string | readonly string[] | undefined)[];

/**
 * Make the action of a command: `run` gets the command's arguments and options, its result is printed, what it throws
 * becomes a message and an exit code. `undefined` is for commands that print as they go. Load what a command needs in
 * `run`, with `import()`: `--help` must not wait for it.
 */
export function action<TOptions>(
  run: (terminal: Terminal, options: TOptions, values: Values) => Promise<CommandResult | undefined>,
): (...given: unknown[]) => Promise<void> {
  return async (...given) => {
    const command = given.pop() as Command;
    const options = given.pop() as TOptions & { readonly json?: boolean };
    const terminal = processTerminal({ isJson: options.json === true });
    try {
      const result = await run(terminal, options, given as Values);
      if (result === undefined) return;
      // Before it is printed: whoever reads may go away in the middle (`… | grep -q`).
      process.exitCode = result.exitCode;
      if (terminal.isJson) terminal.print(JSON.stringify(result.json, null, 2));
      else for (const line of result.lines) terminal.print(line);
    } catch (error) {
      reportError(terminal, error, nameOf(command));
    }
  };
}

/** With those of its parents, but without the program's: `failed list`. */
function nameOf(command: Command): string {
  const { parent } = command;
  return parent?.parent ? `${nameOf(parent)} ${command.name()}` : command.name();
}

/** Say why a command ends without a result. A fault of ours shows its stack. */
function reportError(terminal: Terminal, error: unknown, commandName: string): void {
  const known = error instanceof CommandError ? error : undefined;
  const text = known?.message ?? String(error);
  process.exitCode = known?.exitCode ?? exitCodes.usage;
  if (terminal.isJson) terminal.print(errorJson(known?.code ?? 'INTERNAL', text));
  terminal.note(known === undefined && error instanceof Error ? (error.stack ?? text) : text);
  if (known?.exitCode === exitCodes.usage) terminal.note(`See: twenty-webhooks ${commandName} --help`);
}

/** What `--json` prints instead of a result. */
export const errorJson = (code: string, message: string): string =>
  JSON.stringify({ error: { code, message } }, null, 2);
