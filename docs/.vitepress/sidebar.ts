import type { DefaultTheme } from 'vitepress';
import { pageOf } from './pages.ts';

/** Every page, in the order of reading, by its file. */
export function sidebar(
  api: readonly { readonly name: string; readonly specifier: string }[],
): DefaultTheme.SidebarItem[] {
  return [
    group('Get started', {
      'docs/get-started.md': 'Get started',
      'packages/express/README.md': 'Express',
      'packages/fastify/README.md': 'Fastify',
      'packages/next/README.md': 'Next.js',
      'packages/hono/README.md': 'Hono',
      'docs/web-standard.md': 'Bun, Deno, SvelteKit, Workers',
      'docs/node-http.md': 'node:http',
      'docs/only-verify.md': 'Only verify',
    }),
    group('What arrives', {
      'docs/events.md': 'Events and types',
      'docs/twenty.md': 'Wire formats',
      'docs/outcomes.md': 'Outcomes',
    }),
    group('Keep every event', {
      'docs/promises.md': 'What is promised',
      'docs/choose-an-inbox.md': 'Choose an inbox',
      'packages/sqlite/README.md': 'SQLite',
      'packages/postgres/README.md': 'Postgres',
      'packages/redis/README.md': 'Redis',
    }),
    group('In production', {
      'docs/deployment.md': 'Deployment checklist',
      'docs/serverless.md': 'Serverless and edge',
      'docs/secrets.md': 'Rotate a secret',
      'docs/tenants.md': 'Many tenants',
      'docs/security.md': 'Security',
      'docs/debugging.md': 'Debugging at night',
      'docs/performance.md': 'Performance',
    }),
    group('Tools', {
      'packages/cli/README.md': 'Command line',
      'docs/testing.md': 'Testing',
      'packages/testing/README.md': 'The testing package',
      'docs/other-languages.md': 'Verify in other languages',
    }),
    group('Extend', {
      'docs/adapters.md': 'Write an adapter',
      'docs/inboxes.md': 'Write an inbox',
    }),
    group('Reference', {
      'packages/core/README.md': 'Core: options and outcomes',
      'docs/api/index.md': 'API reference',
      ...Object.fromEntries(api.map(({ name, specifier }) => [`docs/api/${name}.md`, specifier])),
    }),
  ];
}

function group(text: string, files: Readonly<Record<string, string>>): DefaultTheme.SidebarItem {
  const items = Object.entries(files).map(([file, title]) => ({ text: title, link: linkOf(file) }));
  return { text, items };
}

function linkOf(file: string): string {
  const page = pageOf(file);
  if (page === undefined) throw new Error(`${file} is no page.`);
  return `/${page.replace(/\.md$/, '').replace(/(^|\/)index$/, '$1')}`;
}
