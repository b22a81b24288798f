import { inspect } from 'node:util';

/** What a process does behind the back of those who call it. */
export interface ProcessWatch {
  /** What was written to the console, one entry a call. */
  readonly consoleLines: readonly string[];
  /** What was written to stdout and stderr past the console, as text, bytes as UTF-8. A test runner may write there too. */
  readonly streamText: () => string;
  /** Unhandled rejections and uncaught exceptions. */
  readonly unhandled: readonly unknown[];
  stop(): void;
}

/**
 * Watch from now on, until `stop`. The console is silent meanwhile; the streams work as ever. Of several at the same time each
 * sees everything, and the last one that stops puts the process back in order.
 */
export function watchProcess(): ProcessWatch {
  const consoleLines: string[] = [];
  const written: Buffer[] = [];
  const unhandled: unknown[] = [];
  const sink: Sink = { console: consoleLines, stream: written, unhandled };
  if (sinks.size === 0) restore = intercept();
  sinks.add(sink);
  return {
    consoleLines,
    unhandled,
    streamText: () => Buffer.concat(written).toString(),
    stop() {
      if (sinks.delete(sink) && sinks.size === 0) restore();
    },
  };
}

interface Sink {
  readonly console: string[];
  readonly stream: Buffer[];
  readonly unhandled: unknown[];
}

const sinks = new Set<Sink>();
let restore = (): void => {};

const methods = ['debug', 'dir', 'error', 'info', 'log', 'trace', 'warn'] as const;

/** Hand everything to all that watch; gives how to undo it. */
function intercept(): () => void {
  const undo: (() => void)[] = [];
  const { console } = globalThis;
  for (const method of methods) {
    const original = console[method];
    console[method] = (...details: unknown[]) => {
      const line = details.map(toText).join(' ');
      for (const sink of sinks) sink.console.push(line);
    };
    undo.push(() => {
      console[method] = original;
    });
  }
  for (const stream of [process.stdout, process.stderr]) {
    const original = stream.write;
    stream.write = ((...args: Parameters<typeof original>) => {
      const [chunk, encoding] = args;
      const bytes = toBytes(chunk, encoding);
      for (const sink of sinks) sink.stream.push(bytes);
      return original.apply(stream, args);
    }) as typeof original;
    undo.push(() => {
      stream.write = original;
    });
  }
  for (const event of ['unhandledRejection', 'uncaughtExceptionMonitor'] as const) {
    const listener = (reason: unknown): void => {
      for (const sink of sinks) sink.unhandled.push(reason);
    };
    process.on(event, listener);
    undo.push(() => process.off(event, listener));
  }
  return () => undo.forEach((step) => void step());
}

const toText = (detail: unknown): string => (typeof detail === 'string' ? detail : inspect(detail, { depth: 8 }));

/** A copy: who has written them may use the buffer again. */
function toBytes(chunk: string | Uint8Array, encoding?: unknown): Buffer {
  if (typeof chunk !== 'string') return Buffer.from(chunk);
  return Buffer.from(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8');
}
