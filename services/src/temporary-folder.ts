import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tellWatchdog } from './watchdog.ts';

/** A folder for files of a server or an app. It is deleted when this process ends, or before. */
export interface TemporaryFolder {
  readonly path: string;
  remove(): Promise<void>;
}

/** @param owner whose it is, if not this process's user's */
export async function makeTemporaryFolder(
  owner?: { readonly uid: number; readonly gid: number } | undefined,
): Promise<TemporaryFolder> {
  // Short: the path of a socket has 100 characters at most.
  const path = await mkdtemp(join(tmpdir(), 'tw-'));
  tellWatchdog({ what: 'folder', path });
  if (owner !== undefined) await chown(path, owner.uid, owner.gid);
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) };
}
