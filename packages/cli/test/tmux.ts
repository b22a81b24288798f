import { execFile, execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { makeTemporaryFolder, tellWatchdog } from '@twenty-webhooks/services';
import { onTestFinished } from 'vitest';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

/** A command in a real terminal of 80 columns. */
export interface TmuxTerminal {
  /** What stands there, line by line, without blanks at the ends; what was wrapped by the terminal is two lines. */
  screen(): Promise<readonly string[]>;
  /** The same as the terminal has it: with colours, and what was wrapped in one line. */
  styledScreen(): Promise<string>;
  /** Type text, or press keys by tmux's names: `Enter`, `C-c`. */
  press(...keys: readonly string[]): Promise<void>;
}

/**
 * Run the command in a pseudo-terminal of a tmux server of its own. When it has ended, its exit code stands there as
 * `ended with 0`. Everything ends with the test.
 */
export async function startInTmux(
  tmux: string,
  args: readonly string[],
  { env = {}, rows = 40 }: { readonly env?: Readonly<Record<string, string>>; readonly rows?: number } = {},
): Promise<TmuxTerminal> {
  const folder = await makeTemporaryFolder();
  const socket = join(folder.path, 'tmux');
  const run = async (...parts: readonly string[]): Promise<string> =>
    (await promisify(execFile)(tmux, ['-S', socket, '-f', '/dev/null', ...parts], { env: plain })).stdout;
  const variables = Object.entries({ ...plain, TERM: 'screen-256color', ...env }).map(
    ([name, value]) => `${name}=${value}`,
  );
  const command = [
    'env',
    '-i',
    ...variables,
    process.execPath,
    '--conditions',
    '@twenty-webhooks/source',
    main,
    ...args,
  ];
  const script = `trap : INT; ${command.map(quote).join(' ')}; echo "ended with $?"; exec sleep 60`;
  await run('new-session', '-d', '-x', '80', '-y', String(rows), '-c', folder.path, 'sh', '-c', script);
  const pid = Number(await run('display-message', '-p', '#{pid}'));
  tellWatchdog({ what: 'process', pid });
  onTestFinished(async () => {
    execFileSync(tmux, ['-S', socket, 'kill-server'], { env: plain });
    tellWatchdog({ what: 'forget', pid });
    await folder.remove();
  });
  return {
    screen: async () =>
      (await run('capture-pane', '-p'))
        .trimEnd()
        .split('\n')
        .map((line) => line.trimEnd()),
    styledScreen: () => run('capture-pane', '-p', '-e', '-J'),
    press: async (...keys) => void (await run('send-keys', ...keys)),
  };
}

const plain = { PATH: process.env.PATH ?? '', LANG: 'C.UTF-8' };
const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
