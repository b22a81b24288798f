import { inspect } from 'node:util';

/** What a process does behind the back of those who call it. */
export interface ProcessWatch {
  /** What was written to the console, one entry a call. */
  readonly consoleLines: readonly string[];
  /** Text written to stdout and stderr past the console. A test runner may write there too. */
  readonly streamText: () => string;
  /** Unhandled rejections and uncaught exceptions. */
  readonly unhandled: readonly unknown[];
  stop(): void;
}

const methods = ['debug', 'dir', 'error', 'info', 'log', 'trace', 'warn'] as const;

/** Watch from now on, until `stop`. The console is silent meanwhile; the streams work as ever. */
export function watchProcess(): ProcessWatch {
  const consoleLines: string[] = [];
  const written: string[] = [];
  const unhandled: unknown[] = [];
  const undo: (() => void)[] = [];

  const { console } = globalThis;
  for (const method of methods) {
    const original = console[method];
    console[method] = (...details: unknown[]) => void consoleLines.push(details.map(toText).join(' '));
    undo.push(() => {
      console[method] = original;
    });
  }
  for (const stream of [process.stdout, process.stderr]) {
    const original = stream.write;
    stream.write = ((...args: Parameters<typeof original>) => {
      if (typeof args[0] === 'string') written.push(args[0]);
      return original.apply(stream, args);
    }) as typeof original;
    undo.push(() => {
      stream.write = original;
    });
  }
  for (const event of ['unhandledRejection', 'uncaughtExceptionMonitor'] as const) {
    const listener = (reason: unknown): void => void unhandled.push(reason);
    process.on(event, listener);
    undo.push(() => process.off(event, listener));
  }

  return {
    consoleLines,
    unhandled,
    streamText: () => written.join(''),
    stop: () => undo.forEach((step) => void step()),
  };
}

const toText = (detail: unknown): string => (typeof detail === 'string' ? detail : inspect(detail, { depth: 8 }));
