import { join } from 'node:path';
import { type ServerProcess, startServerProcess } from './start-server-process.ts';
import type { Variant } from './variant.ts';

/** Start a server of a framework in a process of its own. */
export const startVariant = (framework: string, variant: Variant): Promise<ServerProcess> =>
  startServerProcess(join(import.meta.dirname, 'server-process.ts'), [framework, variant]);
