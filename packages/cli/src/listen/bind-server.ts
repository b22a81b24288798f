import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CommandError } from '../terminal/command-error.ts';

/**
 * Let a server listen on a port of 127.0.0.1 and of nothing else; 0 is a free one. Gives the port.
 *
 * @throws PORT_TAKEN, PORT_UNUSABLE
 */
export function bindServer(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (cause: NodeJS.ErrnoException): void => reject(refused(port, cause));
    server.once('error', fail).listen(port, '127.0.0.1', () => {
      server.off('error', fail);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function refused(port: number, cause: NodeJS.ErrnoException): CommandError {
  if (cause.code === 'EADDRINUSE') {
    const text = `Port ${port} is taken, perhaps by another "listen": give another one with --port, or --port 0 for a free one`;
    return new CommandError('PORT_TAKEN', text, { cause });
  }
  return new CommandError(
    'PORT_UNUSABLE',
    `Port ${port} cannot be used (${cause.code}): give another one with --port`,
    {
      cause,
    },
  );
}
