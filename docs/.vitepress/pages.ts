import { globSync } from 'node:fs';
import { sep } from 'node:path';

/** Tell where a Markdown file of the repository stands in the site; `undefined` if it is no page of it. */
export function pageOf(file: string): string | undefined {
  const [, page] = /^docs\/((?:api\/)?[\w-]+\.md)$/.exec(file) ?? [];
  if (page !== undefined) return page;
  const [, name] = /^packages\/([\w-]+)\/README\.md$/.exec(file) ?? [];
  return name === undefined ? undefined : `packages/${name}.md`;
}

/** The files of all pages, the API reference among them once it is written. */
export function pageFiles(root: string): readonly string[] {
  const files = globSync(['docs/*.md', 'docs/api/*.md', 'packages/*/README.md'], { cwd: root });
  return files.map((file) => file.replaceAll(sep, '/')).sort();
}
