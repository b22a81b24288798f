import { copyFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig, type MarkdownEnv, type MarkdownRenderer } from 'vitepress';
import { anchorOf } from '../../scripts/heading-anchors.ts';
import { entryPointsOf, writeApiReference } from './api-reference.ts';
import { pageOf } from './pages.ts';
import { repositoryLinks } from './repository-links.ts';
import { sidebar } from './sidebar.ts';

// VitePress writes its temporary files beside this one, and starts from here also when it is called from elsewhere.
const root = join(import.meta.dirname, '../..');
const { repository } = JSON.parse(readFileSync(join(root, 'packages/core/package.json'), 'utf8'));
const url: string = repository.url.replace(/^git\+|\.git$/g, '');
const vectors = 'packages/testing/vectors/vectors.json';
const publicDir = join(root, 'docs/public');
const entryPoints = entryPointsOf(root);

// The pages and files that are made of others. They are there before VitePress looks for pages.
await writeApi();
mkdirSync(publicDir, { recursive: true });
copyFileSync(join(root, vectors), join(publicDir, 'vectors.json'));

async function writeApi(): Promise<void> {
  const out = join(root, 'docs/api');
  rmSync(out, { recursive: true, force: true });
  await writeApiReference(entryPoints, { root, out, sourceUrl: `${url}/blob/main` });
}

/** In the API reference only exports are worth finding, not each of their «Parameters» and «Returns». */
function renderForSearch(source: string, env: MarkdownEnv, md: Pick<MarkdownRenderer, 'render'>): string {
  const html = md.render(source, env);
  return env.relativePath.includes('docs/api/') ? html.replaceAll(/<h([4-6]) [\s\S]*?<\/h\1>/g, '') : html;
}

// biome-ignore lint/style/noDefaultExport: VitePress wants one.
export default defineConfig({
  title: 'twenty-webhooks',
  description: 'Receive Twenty CRM webhooks in any TypeScript server, without losing one',
  // Pages are the files that GitHub shows, where they are: those of docs, and the README of each package.
  srcDir: '..',
  srcExclude: [
    '!(docs|packages)/**',
    '*.md',
    'packages/*/!(README.md)',
    'packages/*/!(README.md)/**',
    'docs/public/**',
  ],
  rewrites: (file) => pageOf(file) ?? file,
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  lastUpdated: false,
  markdown: {
    anchor: { slugify: anchorOf },
    config: (md) => repositoryLinks(md, { root, url, published: new Map([[vectors, '/vectors.json']]) }),
  },
  transformPageData(page) {
    // Nobody can edit what is made of the sources.
    if (page.relativePath.startsWith('api/')) page.frontmatter.editLink = false;
  },
  vite: { publicDir, configFile: false },
  themeConfig: {
    nav: [
      { text: 'Get started', link: '/get-started' },
      { text: 'API', link: '/api/' },
      { text: 'GitHub', link: url },
    ],
    sidebar: sidebar(entryPoints),
    outline: [2, 3],
    search: { provider: 'local', options: { _render: renderForSearch } },
    editLink: { pattern: `${url}/edit/main/:path`, text: 'Edit this page' },
    socialLinks: [{ icon: 'github', link: url }],
  },
});
