import { execFile } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { tellWatchdog, tryToLock } from '@twenty-webhooks/services';

const folder = join(import.meta.dirname, '../../workflow-trigger');

/** Build workflow-trigger, unless that was done since its sources changed. Several processes may ask for it at once. */
export async function buildWorkflowTrigger(): Promise<void> {
  const lock = join(folder, '.next-lock');
  let unlock = tryToLock(lock);
  for (; unlock === undefined; unlock = tryToLock(lock)) await sleep(200);
  try {
    if (isBuilt()) return;
    const next = join(folder, 'node_modules/next/dist/bin/next');
    const env = { ...process.env, NODE_ENV: 'production' as const, NEXT_TELEMETRY_DISABLED: '1' };
    const building = promisify(execFile)(process.execPath, [next, 'build'], { cwd: folder, env, timeout: 240_000 });
    // The lock ends with this process: so must the build.
    const { pid } = building.child;
    if (pid !== undefined) tellWatchdog({ what: 'process', pid });
    try {
      await building;
    } finally {
      if (pid !== undefined) tellWatchdog({ what: 'forget', pid });
    }
  } finally {
    unlock();
  }
}

function isBuilt(): boolean {
  const sources = readdirSync(join(folder, 'src'), { recursive: true, encoding: 'utf8' }).map((name) =>
    join('src', name),
  );
  const others = ['style.css', 'next.config.ts', 'package.json', 'node_modules/@twenty-webhooks/next/dist/index.js'];
  const changes = [...sources, ...others].map((name) => changedAtMs(join(folder, name)));
  return changedAtMs(join(folder, '.next/BUILD_ID')) > Math.max(...changes);
}

const changedAtMs = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
