import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Whether somebody takes connections at a URL's address, now or within `patienceMs`: a supervisor may start it again. */
export async function isListening(url: URL, patienceMs: number): Promise<boolean> {
  const endMs = performance.now() + patienceMs;
  for (;;) {
    if (await canConnect(url)) return true;
    if (performance.now() >= endMs) return false;
    await sleep(pauseMs);
  }
}

function canConnect({ hostname, port, protocol }: URL): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port) || (protocol === 'https:' ? 443 : 80),
    });
    const end = (isOpen: boolean): void => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.setTimeout(connectTimeoutMs, () => end(false));
    socket.once('connect', () => end(true)).once('error', () => end(false));
  });
}

const pauseMs = 100;
const connectTimeoutMs = 2_000;
