import type { Socket } from 'node:net';

/**
 * Wait for an event of a connection, its end, the end of the attack, or some time, whatever comes first. Unlike `once` of
 * `node:events` it never rejects: a connection that breaks is what attacks are about.
 */
export function whateverFirst(
  socket: Socket,
  event: 'connect' | 'drain' | 'close',
  { signal, atMostMs }: { readonly signal: AbortSignal; readonly atMostMs?: number },
): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      socket.off(event, end).off('close', end);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = atMostMs === undefined ? undefined : setTimeout(end, atMostMs);
    socket.once(event, end).once('close', end);
    signal.addEventListener('abort', end);
    if (signal.aborted || socket.closed) end();
  });
}
