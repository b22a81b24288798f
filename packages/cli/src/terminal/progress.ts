import type { WriteStream } from 'node:tty';

export interface Progress {
  /** Say what is done now. Shown from the third second on: on a terminal in one line that is written anew, else now and then as a line of its own. */
  update(text: string): void;
  /** Take the line away. */
  stop(): void;
}

type Output = Pick<WriteStream, 'write'> & { readonly isTTY?: boolean; readonly columns?: number };

/** Tell people that something is going on. What is quick stays silent. */
export function createProgress(output: Output): Progress {
  let text = '';
  let shown: string | undefined;
  const show = (): void => {
    if (text === shown || text === '') return;
    shown = text;
    output.write(output.isTTY ? `\r\x1b[2K${text.slice(0, (output.columns ?? 80) - 1)}` : `${text}\n`);
  };
  let timer = setTimeout(() => {
    show();
    timer = setInterval(show, output.isTTY ? 100 : 2_000).unref();
  }, silentMs).unref();
  return {
    update(next) {
      text = next;
    },
    stop() {
      // One function clears both kinds.
      clearTimeout(timer);
      if (shown !== undefined && output.isTTY) output.write('\r\x1b[2K');
    },
  };
}

const silentMs = 2_000;
