import { createReadStream, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { describeWith, findProgram } from '@twenty-webhooks/services';
import { startTestServer } from '@twenty-webhooks/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pageFiles, pageOf } from '../../docs/.vitepress/pages.ts';
import { launchChromium } from '../../packages/cli/test/launch-chromium.ts';
import { root } from '../../scripts/markdown-files.ts';
import { assetsOf, buildSite, deadSiteLinks, isExternal, linksOf, readSite, type Site } from './built-site.ts';

// The site as visitors get it: built once, API reference included.

const folder = mkdtempSync(join(tmpdir(), 'site-'));
let site: Site;
const html = (): [page: string, html: string][] => [...site].filter(([file]) => file.endsWith('.html'));
const htmlOf = (file: string): string => (pageOf(file) ?? file).replace(/\.md$/, '.html');

beforeAll(async () => {
  await buildSite(folder);
  site = readSite(folder);
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true }));

test('every page is there, and nothing else', () => {
  const pages = pageFiles(root).map(htmlOf);
  expect(pages.length).toBeGreaterThan(40);
  expect(
    html()
      .map(([page]) => page)
      .sort(),
  ).toEqual([...pages, '404.html'].sort());
});

test('every page is reachable from the sidebar', () => {
  const [, sidebar = ''] = /<aside class="VPSidebar"([\s\S]*?)<\/aside>/.exec(site.get('get-started.html') ?? '') ?? [];
  const linked = linksOf(sidebar).map((link) => link.slice(1).replace(/(^|\/)$/, '$1index.html'));
  expect([...linked, 'index.html'].sort()).toEqual(pageFiles(root).map(htmlOf).sort());
});

test('no link is dead, and no anchor', () => {
  expect(html().flatMap(([, text]) => linksOf(text)).length).toBeGreaterThan(1_000);
  expect(deadSiteLinks(site)).toEqual([]);
});

test('links to other sites are whole, and those to the repository lead to files that it has', () => {
  const links = [...new Set(html().flatMap(([, text]) => linksOf(text).filter(isExternal)))];
  expect(links.filter((link) => !/^https:\/\/[\w-]+(\.[\w-]+)+(\/|$)/.test(link))).toEqual([]);
  const paths = links.flatMap((link) => /\/twenty-webhooks\/(?:blob|tree|edit)\/main\/([^#]+)/.exec(link)?.[1] ?? []);
  expect(paths.length).toBeGreaterThan(50);
  expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

test('pages load nothing from elsewhere, and nothing that is not there', () => {
  const assets = html()
    .flatMap(([, text]) => assetsOf(text))
    .filter((asset) => !asset.startsWith('data:'));
  expect(assets.some((asset) => asset.endsWith('.png'))).toBe(true);
  expect(assets.filter((asset) => !site.has(asset.replace(/^\//, '')))).toEqual([]);
  const styles = [...site].filter(([file]) => file.endsWith('.css')).map(([, text]) => text);
  expect(styles.join('\n')).not.toMatch(/url\(["']?(https?:)?\/\//);
});

test('the search has an index of all pages', () => {
  const [, index = ''] = [...site].find(([file]) => /localSearchIndex/.test(file)) ?? [];
  const words = ['rotation', 'createreceiver', 'unavailable', 'fastify'];
  // The index is long: a failed comparison would print it.
  expect(words.filter((word) => !index.includes(`"${word}"`))).toEqual([]);
});

test('the golden vectors are published as they are', () => {
  const vectors = readFileSync(join(root, 'packages/testing/vectors/vectors.json'));
  expect(readFileSync(join(folder, 'vectors.json')).equals(vectors)).toBe(true);
  expect(linksOf(site.get('other-languages.html') ?? '')).toContain('/vectors.json');
});

test('no path of this machine is in it', () => {
  const paths = [root, folder, tmpdir(), homedir()].map((path) => `${path}/`);
  const found = [...site].filter(([, text]) => paths.some((path) => text.includes(path)));
  expect(found.map(([file]) => file)).toEqual([]);
});

test('the API reference has what packages export, with its docstring', () => {
  expect(site.get('api/core.html')).toContain('id="createreceiver"');
  expect(site.get('api/core-node.html')).toContain('Make a listener for');
});

describe('the check is red for', () => {
  const page = (body: string): Site =>
    new Map([
      ['index.html', body],
      ['a/b.html', '<h2 id="here"></h2>'],
    ]);

  test.each(['/nowhere', '/a/b', 'b.html', '#nowhere', '/a/b.html#nowhere', '/a/'])('the dead link %s', (link) => {
    expect(deadSiteLinks(page(`<a class="x" href="${link}">`))).toEqual([`index.html: ${link}`]);
  });

  test('and not for links that lead somewhere', () => {
    const links = ['/', './', '/a/b.html', './a/b.html#here', 'a/b.html', '#', 'https://example.com/nowhere'];
    expect(deadSiteLinks(page(links.map((link) => `<a href="${link}">`).join('')))).toEqual([]);
  });
});

describeWith(findProgram('chromium'), 'in a browser', (executablePath) => {
  test('a page loads, and the search finds the rotation of secrets', async () => {
    const types: Readonly<Record<string, string>> = {
      '.html': 'text/html',
      '.js': 'text/javascript',
      '.css': 'text/css',
    };
    const server = await startTestServer((request, response) => {
      const { pathname } = new URL(request.url ?? '', 'http://localhost');
      const file = join(folder, pathname.replace(/\/$/, '/index.html'));
      if (!existsSync(file)) return response.writeHead(404).end();
      response.setHeader('content-type', types[extname(file)] ?? 'application/octet-stream');
      return createReadStream(file).pipe(response);
    });
    const browser = await launchChromium(executablePath);
    try {
      const tab = await browser.newPage();
      const complaints: string[] = [];
      tab.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
      });
      tab.on('pageerror', (error) => complaints.push(error.message));
      tab.on('request', (request) => {
        if (!request.url().startsWith(server.origin) && !request.url().startsWith('data:'))
          complaints.push(request.url());
      });
      await tab.goto(`${server.origin}/get-started.html`);
      const box = tab.getByRole('searchbox');
      // The page is there before its script listens to keys.
      const openSearch = async (): Promise<boolean> => {
        await tab.keyboard.press('Control+k');
        return box.isVisible();
      };
      await expect.poll(openSearch, { timeout: 30_000 }).toBe(true);
      await box.fill('rotation');
      await tab.locator('.results a[href*="secrets.html"]').first().click();
      await tab.getByRole('heading', { level: 1, name: /rotation without downtime/ }).waitFor();
      expect(complaints).toEqual([]);
    } finally {
      await browser.close();
      await server.close();
    }
  }, 60_000);
});
