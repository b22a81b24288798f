import { CommandError } from '../terminal/command-error.ts';

/** What `listen` keeps is in SQLite, which Node has by itself from 22.13 on. @throws NODE_TOO_OLD */
export function requireNode(version: string): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 13)) return;
  throw new CommandError(
    'NODE_TOO_OLD',
    `"listen" needs Node 22.13 or newer, for its built-in SQLite; this is ${version}`,
  );
}
