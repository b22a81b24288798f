import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { CommandError } from '../terminal/command-error.ts';

/** Where a package is: that of the project in this folder, which its app uses as well, else one beside this command. */
export function findPackage(name: string, folder: string = process.cwd()): string {
  for (const from of [join(folder, 'package.json'), fileURLToPath(import.meta.url)]) {
    try {
      return createRequire(from).resolve(name);
    } catch {
      // Not from there.
    }
  }
  throw new CommandError(
    'PACKAGE_MISSING',
    `This inbox needs ${name}, which is not installed here. Run this in the folder of your app, or install it: npm install ${name}`,
  );
}

/** Load a package that this one does not depend on, so that those who do not need it need not install it. */
export async function loadPackage<T>(name: string): Promise<T> {
  return (await import(pathToFileURL(findPackage(name)).href)) as T;
}
