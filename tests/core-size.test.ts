import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { bundleForEdge } from './bundle.ts';
import { readManifest } from './pack.ts';

// What a worker on the edge carries for core. The aim is 8 KiB; it stands at 9.7, and must not grow on its way there.
const limitBytes = 9.8 * 1024;

test(`core is at most ${limitBytes} bytes, minified and compressed`, async () => {
  const { code } = await bundleForEdge("export { createReceiver } from '@twenty-webhooks/core';");
  const size = gzipSync(code, { level: 9 }).length;
  console.log(`core: ${code.length} bytes minified, ${size} bytes gzip -9, at most ${limitBytes}`);
  expect(size).toBeLessThanOrEqual(limitBytes);
});

test('core for the edge imports nothing, and is the Web Crypto build', async () => {
  const { report } = await bundleForEdge("export * from '@twenty-webhooks/core';");
  expect(report.imports).toEqual([]);
  const files = Object.keys(report.inputs).map((file) => file.replace(/^.*core\/dist\//, ''));
  expect(files).toContain('crypto/web.js');
  expect(files).not.toContain('crypto/node.js');
});

describe('what an install brings along', () => {
  const dependenciesOf = (name: string): string[] => {
    const { dependencies, optionalDependencies } = readManifest(name);
    return Object.keys({ ...dependencies, ...optionalDependencies });
  };

  test('core: nothing', () => {
    expect(dependenciesOf('core')).toEqual([]);
    expect(readManifest('core').peerDependencies).toBeUndefined();
  });

  test('sqlite: core, and no native module', () => {
    expect(dependenciesOf('sqlite')).toEqual(['@twenty-webhooks/core']);
    expect(readManifest('sqlite').peerDependencies).toBeUndefined();
  });

  test('cli: what it stands on, and a parser of command lines', () => {
    const ours = ['@twenty-webhooks/core', '@twenty-webhooks/sqlite', '@twenty-webhooks/testing'];
    expect(dependenciesOf('cli')).toEqual([...ours, 'commander']);
  });

  test.each([
    ['postgres', ['pg', 'pg-boss']],
    ['redis', ['bullmq', 'ioredis']],
  ])('%s: core, its engine and the driver of that', (name, engine) => {
    expect(dependenciesOf(name)).toEqual(['@twenty-webhooks/core', ...engine]);
    expect(readManifest(name).peerDependencies).toBeUndefined();
  });

  test.each(['express', 'fastify', 'hono', 'next'])('%s: core, for the framework that is there already', (name) => {
    expect(dependenciesOf(name)).toEqual(['@twenty-webhooks/core']);
    expect(Object.keys(readManifest(name).peerDependencies ?? {})).toEqual([name]);
  });
});
