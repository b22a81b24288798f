import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from '../../scripts/markdown-files.ts';

/** A folder outside the repository that has the packages installed, and their frameworks, like the project of a user. */
export interface Project {
  readonly folder: string;
  write(name: string, content: string): void;
  remove(): void;
}

export function makeProject(): Project {
  const folder = mkdtempSync(join(tmpdir(), 'docs-'));
  mkdirSync(join(folder, 'node_modules'));
  for (const [from, name] of installed()) {
    symlinkSync(join(root, from, 'node_modules', name), join(folder, 'node_modules', name), 'junction');
  }
  const write = (name: string, content: string): void => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  };
  write('package.json', '{ "private": true, "type": "module" }');
  return { folder, write, remove: () => rmSync(folder, { recursive: true }) };
}

/** What `tests` can import, and the schema library that core develops with. */
function installed(): readonly (readonly [from: string, name: string])[] {
  const names = readdirSync(join(root, 'tests/node_modules')).filter((name) => !name.startsWith('.') && name !== 'zod');
  return [...names.map((name) => ['tests', name] as const), ['packages/core', 'zod']];
}
