import { globSync } from 'node:fs';
import { join, sep } from 'node:path';

export const root = join(import.meta.dirname, '..');

/** Every Markdown file of the repository, as a path from its root. */
export function markdownFiles(): readonly string[] {
  const files = globSync('{*.md,{apps,bench,docs,packages,tests}/**/*.md}', { cwd: root, exclude: isForeign });
  return files.map((file) => file.replaceAll(sep, '/')).sort();
}

/** What was installed or built. */
const isForeign = (path: string): boolean =>
  /(^|[\\/])(node_modules|dist|\.next|CHANGELOG\.md)$|^docs[\\/]api$/.test(path);
