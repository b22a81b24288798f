import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Make a folder, in memory where there is such a thing: what is fuzzed is the code, not the disk. The caller removes it. */
export function makeQuickFolder(): string {
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'twenty-webhooks-fuzz-'));
  made.push(folder);
  return folder;
}

/** Remove every folder that this process made and that is left: for when its callers will not come to it. */
export function removeQuickFolders(): void {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
}

const made: string[] = [];
