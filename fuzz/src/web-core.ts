import { createRequire, registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import { type Core, realCore } from './core.ts';

/**
 * Load core once more, from its sources, as it runs where there is no `node:crypto`. Node itself loads it, also in a test,
 * so that the two builds are in one process.
 */
export function loadWebCore(): Core {
  const require = createRequire(import.meta.url);
  const folder = new URL('src/', pathToFileURL(require.resolve('@twenty-webhooks/core/package.json')));
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      if (specifier === entry) return toModule(new URL('index.ts', folder).href);
      if (!context.parentURL?.endsWith(mark)) return next(specifier, context);
      const url = specifier === '#crypto' ? new URL('crypto/web.ts', folder).href : next(specifier, context).url;
      // The mark makes it another module than the one that everybody else has, and so are those that it imports.
      return url.startsWith(folder.href) ? toModule(url) : { url, shortCircuit: true };
    },
  });
  try {
    const web = require(entry) as Core;
    if (web.createReceiver === realCore.createReceiver)
      throw new Error('Both builds are one: run this without the source condition');
    return web;
  } finally {
    hooks.deregister();
  }
}

const toModule = (url: string) => ({ url: url + mark, format: 'module-typescript', shortCircuit: true });

const entry = 'twenty-webhooks-web-core';
const mark = '?crypto=web';
