import { rmSync } from 'node:fs';
import { processTree, signalProcess } from './process-tree.ts';
import type { WatchdogOrder } from './watchdog.ts';

// The process that `tellWatchdog` starts. It ends with the one that started it, and does what is left to do.

const pids = new Set<number>();
const folders = new Set<string>();

process.on('message', (order: WatchdogOrder) => {
  switch (order.what) {
    case 'process':
      return pids.add(order.pid);
    case 'forget':
      return pids.delete(order.pid);
    case 'folder':
      return folders.add(order.path);
  }
});

process.once('disconnect', () => {
  // A server first: one whose child was killed would start another.
  for (const pid of [...pids].flatMap(processTree)) signalProcess(pid, 'SIGKILL');
  for (const path of folders) rmSync(path, { recursive: true, force: true, maxRetries: 5 });
});
