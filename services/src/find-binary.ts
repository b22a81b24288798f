import { accessSync, constants, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The folder of the Postgres server's programs; Debian keeps them off the PATH. `undefined` if it is not installed. */
export function findPostgresFolder(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = listFolder(debian).sort((one, other) => Number(other) - Number(one));
  const folders = [...pathFolders(), ...versions.map((version) => join(debian, version, 'bin'))];
  return folders.find((folder) => isProgram(join(folder, 'initdb')) && isProgram(join(folder, 'postgres')));
}

/** The path of a program; `undefined` if it is not installed. */
export function findProgram(name: string): string | undefined {
  return pathFolders()
    .map((folder) => join(folder, name))
    .find(isProgram);
}

const pathFolders = (): string[] => (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');

function listFolder(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
