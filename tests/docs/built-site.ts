import { execFile } from 'node:child_process';
import { globSync, readFileSync, statSync } from 'node:fs';
import { join, posix, sep } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../../scripts/markdown-files.ts';

/** Build the documentation site, the API reference included, into a folder. @throws if it fails, or has anything to complain about */
export async function buildSite(folder: string): Promise<void> {
  const args = [join(root, 'docs/node_modules/vitepress/bin/vitepress.js'), 'build', 'docs', '--outDir', folder];
  const env = { ...process.env, NO_COLOR: '1', NODE_ENV: 'production', VITEST: undefined };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd: root, env, timeout: 240_000 });
  // Errors while pages are rendered are printed, and the exit code stays 0.
  const complaints = `${stdout}\n${stderr}`.split('\n').filter((line) => /error|warn|dead link/i.test(line));
  if (complaints.length > 0) throw new Error(complaints.join('\n'));
}

/** A site as its visitors get it: the text of each file, by its path. */
export type Site = ReadonlyMap<string, string>;

export function readSite(folder: string): Site {
  const files = globSync('**/*', { cwd: folder }).filter((file) => statSync(join(folder, file)).isFile());
  return new Map(files.map((file) => [file.replaceAll(sep, '/'), readFileSync(join(folder, file), 'utf8')]));
}

/** The links of all pages that lead to no file of the site or to no anchor of it, as `page: link`. Other sites are not asked. */
export function deadSiteLinks(site: Site): readonly string[] {
  const pages = [...site].filter(([file]) => file.endsWith('.html'));
  const anchors = new Map(pages.map(([page, html]) => [page, anchorsOf(html)]));
  return pages.flatMap(([page, html]) =>
    linksOf(html)
      .filter((link) => !isExternal(link) && !leadsSomewhere(link, page, site, anchors))
      .map((link) => `${page}: ${link}`),
  );
}

function leadsSomewhere(
  link: string,
  page: string,
  site: Site,
  anchors: ReadonlyMap<string, ReadonlySet<string>>,
): boolean {
  const [path = '', anchor = ''] = link.split('#');
  const target = path === '' ? page : posix.join(path.startsWith('/') ? '.' : posix.dirname(page), path);
  const file = /(^|\/)$/.test(target) || target === '.' ? posix.join(target, 'index.html') : target;
  if (anchor === '') return site.has(file);
  return anchors.get(file)?.has(decodeURIComponent(anchor)) ?? false;
}

/** What a page of HTML links to, in its order. */
export function linksOf(html: string): readonly string[] {
  return [...html.matchAll(/<a\b[^>]*?\shref="([^"]*)"/g)].map(([, link = '']) => decode(link));
}

/** What a page of HTML loads by itself. */
export function assetsOf(html: string): readonly string[] {
  const tags = html.match(/<(?:link|script|img|iframe|source|video)\b[^>]*>/g) ?? [];
  return tags.flatMap((tag) => /\s(?:href|src)="([^"]*)"/.exec(tag)?.slice(1) ?? []).map(decode);
}

export const isExternal = (link: string): boolean => /^(?:[a-z]+:)?\/\/|^[a-z]+:/i.test(link);

const anchorsOf = (html: string): ReadonlySet<string> =>
  new Set([...html.matchAll(/\sid="([^"]*)"/g)].map(([, id = '']) => decode(id)));

const decode = (text: string): string =>
  text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
