import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './markdown-files.ts';

/** Take over the table below a heading of another Markdown file, so that it is written once. It must have no relative links. */
export function tableOf(file: string, heading: string): string {
  if (!existsSync(join(root, file))) throw new Error(`The table «${heading}» stands in ${file}, which does not exist.`);
  const [, section = ''] = readFileSync(join(root, file), 'utf8').split(new RegExp(`^#+ ${heading}$`, 'm'));
  const [table] = /^\|.*(?:\n\|.*)+/m.exec(section.split(/^#/m)[0] ?? '') ?? [];
  if (table === undefined) throw new Error(`${file} has no table below «${heading}».`);
  if (/\]\((?!https?:)/.test(table))
    throw new Error(`The table «${heading}» of ${file} has a link that would lead elsewhere.`);
  return table;
}
