import { readFile } from 'node:fs/promises';
import { CommandError } from '../terminal/command-error.ts';

/** Read a file, or standard input for `-`, as it is. @throws FILE_UNREADABLE */
export async function readBytes(file: string): Promise<Uint8Array> {
  try {
    return file === '-' ? Buffer.concat(await process.stdin.toArray()) : await readFile(file);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new CommandError('FILE_UNREADABLE', `Cannot read ${file}: ${code ?? message}`, { cause });
  }
}
