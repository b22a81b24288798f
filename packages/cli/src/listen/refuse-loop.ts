import { isLoopback } from '../http/loopback.ts';
import { CommandError } from '../terminal/command-error.ts';
import type { HeaderPair } from './pass-on.ts';

/** Refuse a target that is this very server. @throws FORWARD_TO_ITSELF */
export function refuseLoop({ protocol, hostname, port }: URL, ownPort: number): void {
  if (!isLoopback(hostname) || Number(port || (protocol === 'http:' ? 80 : 443)) !== ownPort) return;
  const text = `--forward leads back to this "listen" itself (port ${ownPort}): give the URL of your own server, or another --port`;
  throw new CommandError('FORWARD_TO_ITSELF', text);
}

/** Marks what a `listen` passes on, so that it knows it again if it comes back, by a tunnel or by another `listen`. */
export const forwardMark = 'x-twenty-webhooks-forwarded';

/** Whether a delivery came by this `listen` before. @param id of this one */
export function isLoop(headers: readonly HeaderPair[], id: string): boolean {
  // Several of one name may come as one.
  return headers.some(([name, value]) => name.toLowerCase() === forwardMark && value.split(/ *, */).includes(id));
}
