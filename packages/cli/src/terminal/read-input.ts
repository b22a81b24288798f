import { readFile } from 'node:fs/promises';
import { CommandError } from './command-error.ts';

/** Read a file, or standard input for `-`, as it is. @throws FILE_UNREADABLE */
export async function readInput(file: string): Promise<Buffer> {
  try {
    return file === '-' ? Buffer.concat(await process.stdin.toArray()) : await readFile(file);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a directory' : code;
    const name = file === '-' ? 'standard input' : file;
    throw new CommandError('FILE_UNREADABLE', `Cannot read ${name}: ${reason ?? message}`, { cause });
  }
}
