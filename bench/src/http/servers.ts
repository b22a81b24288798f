import type { RunningServer } from './running-server.ts';
import { startExpress } from './servers/express.ts';
import { startFastify } from './servers/fastify.ts';
import { startHono } from './servers/hono.ts';
import { startNext } from './servers/next.ts';
import { startNode } from './servers/node.ts';
import type { Variant } from './variant.ts';

/** Start a server that stores in the folder whatever it stores. */
export type StartServer = (variant: Variant, folder: string) => Promise<RunningServer>;

/** How to start a server, by framework. */
export const servers: Readonly<Record<string, StartServer>> = {
  'node:http': startNode,
  express: startExpress,
  fastify: startFastify,
  hono: startHono,
  next: startNext,
};
