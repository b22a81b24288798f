import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Whom to run a server as that refuses to run as root; `undefined` if this process is not root. */
export async function findUnprivilegedUser(): Promise<{ readonly uid: number; readonly gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const user = (await readUser('postgres')) ?? (await readUser('nobody'));
  if (user === undefined) throw new Error('This machine has neither a user postgres nor nobody: create one of them');
  return user;
}

async function readUser(name: string): Promise<{ readonly uid: number; readonly gid: number } | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
}

const run = promisify(execFile);
