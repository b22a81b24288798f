import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError } from '../terminal/command-error.ts';

/**
 * Make the folder for what comes in, if it is not there. It will hold CRM data: nobody else may look, and Git leaves it out.
 *
 * @throws FOLDER_UNUSABLE
 */
export function makeListenFolder(folder: string): void {
  try {
    const made = mkdirSync(folder, { recursive: true, mode: 0o700 });
    // A folder that was there may be somebody's repository.
    if (made !== undefined) writeFileSync(join(folder, '.gitignore'), '*\n', { mode: 0o600 });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new CommandError('FOLDER_UNUSABLE', `The folder ${folder} cannot be made (${code})`, { cause });
  }
}
