import { connect, type Socket } from 'node:net';
import { createAnswerReader, type WireAnswer } from './answer-reader.ts';

export interface Exchange {
  /** `401 400 closed`: the answers in order, and what became of the connection; `… silent` if nothing more came in time. */
  readonly outcome: string;
  readonly answers: readonly WireAnswer[];
}

export interface ExchangeOptions {
  /** How many answers to wait for; then hang up. Without it the server has to close. */
  readonly answers?: number | undefined;
  readonly patienceMs: number;
  readonly signal: AbortSignal;
}

/**
 * Send bytes over a connection of their own and wait for what comes back; `undefined` if the attack was over before. Never
 * rejects: a connection that breaks is a result.
 */
export function exchange(
  port: number,
  bytes: Buffer,
  { answers: wanted, patienceMs, signal }: ExchangeOptions,
): Promise<Exchange | undefined> {
  return new Promise((resolve) => {
    const socket = openSocket(port);
    const reader = createAnswerReader();
    const answers: WireAnswer[] = [];
    const end = (what: string | undefined): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      socket.destroy();
      const outcome = [...answers.map(({ status }) => status), what].join(' ');
      resolve(what === undefined ? undefined : { outcome, answers });
    };
    const stop = (): void => end(undefined);
    const timer = setTimeout(() => end('silent'), patienceMs);
    signal.addEventListener('abort', stop);
    if (signal.aborted) return stop();
    socket.on('data', (chunk) => {
      answers.push(...reader.take(chunk));
      if (wanted !== undefined && answers.length >= wanted) end('open');
    });
    socket.once('end', () => end('closed')).once('close', () => end('closed'));
    socket.write(bytes);
  });
}

/** Connect; errors are left to `close`, which follows them. */
export const openSocket = (port: number): Socket =>
  connect(port, '127.0.0.1')
    .setNoDelay()
    .on('error', () => {});
