import { existsSync, statSync } from 'node:fs';
import { posix } from 'node:path';
import type { MarkdownRenderer } from 'vitepress';
import { pageOf } from './pages.ts';

export interface RepositoryLinksOptions {
  /** Of the repository. */
  readonly root: string;
  /** Of the repository, as a browser shows it. */
  readonly url: string;
  /** Files that the site has too, and where. */
  readonly published: ReadonlyMap<string, string>;
}

/** Links between the files of the repository, as GitHub follows them, lead to pages of the site, else to the repository. */
export function repositoryLinks(md: MarkdownRenderer, options: RepositoryLinksOptions): void {
  md.core.ruler.push('repository-links', ({ tokens, env }) => {
    const source: string = posix.relative(options.root, env.realPath ?? env.path);
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      const link = token.type === 'link_open' ? token.attrGet('href') : null;
      if (link && !/^([a-z]+:|[#/])/.test(link)) token.attrSet('href', target(link, source, options));
    }
  });
}

function target(link: string, source: string, { root, url, published }: RepositoryLinksOptions): string {
  const [path = '', anchor] = link.split('#');
  const file = posix.join(posix.dirname(source), path).replace(/\/$/, '');
  const hash = anchor === undefined ? '' : `#${anchor}`;
  if (!existsSync(posix.join(root, file))) throw new Error(`${source}: the link ${link} leads nowhere.`);
  const page = pageOf(file);
  if (page !== undefined) return `/${page}${hash}`;
  const isFolder = statSync(posix.join(root, file)).isDirectory();
  return published.get(file) ?? `${url}/${isFolder ? 'tree' : 'blob'}/main/${file}${hash}`;
}
