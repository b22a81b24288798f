import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ConsumerProject } from './consumer-project.ts';

/** An app of a framework, at a version, in a folder of its own in the project. */
export interface ConsumerApp {
  readonly name: string;
  readonly framework: 'express' | 'fastify' | 'hono' | 'next';
  /** What it has installed: name → name in the `node_modules` of these tests. */
  readonly packages: Readonly<Record<string, string>>;
  /** URLs below its origin that receive. */
  readonly paths: readonly string[];
  /** Statements that make `listen(): Promise<{ origin, close() }>` of `framework` and `twentyWebhooks`. */
  readonly listen: string;
}

const express = `
  const app = (framework.default ?? framework)();
  app.use(twentyWebhooks(options));
  const listen = () => serve(app);`;

const fastify = `
  const app = (framework.default ?? framework)();
  app.register(twentyWebhooks, options);
  const listen = async () => ({ origin: await app.listen({ host: '127.0.0.1', port: 0 }), close: () => app.close() });`;

const hono = `
  const app = new framework.Hono();
  app.post('/webhooks/twenty', twentyWebhooks(options));
  const listen = () => serve(getRequestListener(app.fetch));`;

const next = `
  const app = (framework.default ?? framework)({ dev: false, dir: __dirname });
  const listen = async () => {
    await app.prepare();
    return serve(app.getRequestHandler());
  };`;

const path = '/webhooks/twenty';

export const apps: readonly ConsumerApp[] = [
  // The oldest that the packages allow, and the newest.
  {
    name: 'Express 4.18.0',
    framework: 'express',
    packages: { express: 'express4-oldest' },
    paths: [path],
    listen: express,
  },
  {
    name: 'Express 5.0.0',
    framework: 'express',
    packages: { express: 'express5-oldest' },
    paths: [path],
    listen: express,
  },
  {
    name: 'Fastify 5.0.0',
    framework: 'fastify',
    packages: { fastify: 'fastify-oldest' },
    paths: [path],
    listen: fastify,
  },
  { name: 'Hono 4.0.0', framework: 'hono', packages: { hono: 'hono-oldest' }, paths: [path], listen: hono },
  { name: 'Express 4', framework: 'express', packages: { express: 'express4' }, paths: [path], listen: express },
  { name: 'Express 5', framework: 'express', packages: { express: 'express' }, paths: [path], listen: express },
  { name: 'Fastify 5', framework: 'fastify', packages: { fastify: 'fastify' }, paths: [path], listen: fastify },
  { name: 'Hono 4', framework: 'hono', packages: { hono: 'hono' }, paths: [path], listen: hono },
];

/** Next.js 15, with a route of either router; 16 is built by the tests of `packages/next`. */
export const next15: ConsumerApp = {
  name: 'Next.js 15',
  framework: 'next',
  packages: { next: 'next15', react: 'react', 'react-dom': 'react-dom' },
  paths: [path, `/api${path}`],
  listen: next,
};

/** Install an app's framework, run the app as ES module or as CommonJS on a Node, deliver to it; returns what it printed. */
export function runApp(
  project: ConsumerProject,
  app: ConsumerApp,
  { kind, node }: { readonly kind: 'import' | 'require'; readonly node: number },
): Promise<string> {
  installFramework(project, app);
  const load = (names: string, from: string): string =>
    kind === 'require' ? `const ${names} = require('${from}');` : `import ${names.replace(':', ' as')} from '${from}';`;
  const code = `
    ${load(kind === 'require' ? 'framework' : '* as framework', app.framework)}
    ${load('{ createServer }', 'node:http')}
    ${load('{ sampleEvent, signDelivery }', '@twenty-webhooks/testing')}
    ${app.framework === 'next' ? '' : load('{ twentyWebhooks }', `@twenty-webhooks/${app.framework}`)}
    ${app.framework === 'hono' ? load('{ getRequestListener }', '@hono/node-server') : ''}
    const handled = [];
    const options = { secret: 's', on: { 'person.created': ({ event }) => void handled.push(event) }, logger: { warn() {}, error() {} } };
    const serve = (listener) => new Promise((resolve) => {
      const server = createServer(listener).listen(0, '127.0.0.1', () =>
        resolve({ origin: 'http://127.0.0.1:' + server.address().port, close: () => server.close() }));
    });
    ${app.listen}
    listen().then(async ({ origin, close }) => {
      for (const path of ${JSON.stringify(app.paths)}) {
        const { headers, body } = signDelivery(sampleEvent('person.created'), { secret: 's' });
        const tampered = body.map((byte, index) => index === body.length - 2 ? byte ^ 1 : byte);
        for (const bytes of [tampered, body, body]) {
          const response = await fetch(origin + path, { method: 'POST', headers, body: bytes });
          const { status, error } = await response.json();
          console.log([response.status, status ?? error, ...handled].join(' '));
        }
      }
      await close();
    });`;
  return project.run(node, `${app.name}/app.${kind === 'require' ? 'cjs' : 'mjs'}`, code);
}

/** Build a Next app with the packed tarball. */
export async function buildNext(project: ConsumerProject, app: ConsumerApp): Promise<void> {
  installFramework(project, app);
  const options = "{ secret: 's', on: { 'person.created': () => {} }, logger: { warn() {}, error() {} } }";
  const route = (module: string, mount: string): string =>
    `import { twentyWebhooks } from '@twenty-webhooks/${module}';\n${mount} twentyWebhooks(${options});\n`;
  const files = {
    'package.json': '{}',
    'next.config.mjs': nextConfig(project.folder),
    'app/layout.js': 'export default ({ children }) => children;',
    'app/webhooks/twenty/route.js': route('next', 'export const POST ='),
    'pages/api/webhooks/twenty.js': `${route('next/pages', 'export default')}export const config = { api: { bodyParser: false } };`,
  };
  for (const [file, content] of Object.entries(files)) project.write(`${app.name}/${file}`, content);
  const env = { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' } as const;
  const cwd = join(project.folder, app.name);
  const args = [join(cwd, 'node_modules/next/dist/bin/next'), 'build'];
  await promisify(execFile)(process.execPath, args, { cwd, env, timeout: 180_000 });
}

/** What costs most is left out, since nobody looks at this app: minifying, and processes beside each other. */
const nextConfig = (folder: string): string => `export default {
  outputFileTracingRoot: ${JSON.stringify(folder)},
  eslint: { ignoreDuringBuilds: true },
  experimental: { cpus: 1 },
  webpack(config) {
    config.optimization.minimize = false;
    return config;
  },
};`;

function installFramework(project: ConsumerProject, { name: folder, framework, packages }: ConsumerApp): void {
  const all = framework === 'hono' ? { ...packages, '@hono/node-server': '@hono/node-server' } : packages;
  for (const [name, from] of Object.entries(all)) {
    project.link(`${folder}/node_modules/${name}`, join(import.meta.dirname, 'node_modules', from));
  }
}
