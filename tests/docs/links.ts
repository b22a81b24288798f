import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { anchorOf } from '../../scripts/heading-anchors.ts';
import { root } from '../../scripts/markdown-files.ts';
import { withoutCodeBlocks } from './code-blocks.ts';

/** The links of a Markdown text that lead to no file or to no heading of it. Other sites are not asked. */
export function deadLinks(file: string, markdown: string): readonly string[] {
  const text = withoutCodeBlocks(file, markdown).replaceAll(/`[^`\n]*`/g, '');
  const targets = [
    ...[...text.matchAll(/\]\(([^()\s]+)[^()]*\)/g)].map(([, target = '']) => target),
    ...[...text.matchAll(/^ {0,3}\[[^\]]+\]: *(\S+)/gm)].map(([, target = '']) => target),
  ];
  return targets.filter((target) => !/^(https?|mailto):/.test(target) && !leadsSomewhere(file, markdown, target));
}

function leadsSomewhere(file: string, markdown: string, target: string): boolean {
  const [path = '', anchor] = target.split('#');
  const linked = path === '' ? file : posix.join(posix.dirname(file), path);
  if (path !== '' && !existsSync(join(root, linked))) return false;
  if (anchor === undefined) return true;
  return anchorsOf(linked, path === '' ? markdown : readFileSync(join(root, linked), 'utf8')).has(anchor);
}

/** The anchors that GitHub makes of headings. */
function anchorsOf(file: string, markdown: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of withoutCodeBlocks(file, markdown).matchAll(/^#{1,6} +(.+?) *#*$/gm)) {
    const anchor = anchorOf(heading);
    let unique = anchor;
    for (let count = 1; anchors.has(unique); count++) unique = `${anchor}-${count}`;
    anchors.add(unique);
  }
  return anchors;
}
