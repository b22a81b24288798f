import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

// The import rules of biome.jsonc, seen red: each line is a file that breaks (or keeps) one of them.
const root = join(import.meta.dirname, '..');
const packages = ['cli', 'core', 'express', 'fastify', 'hono', 'next', 'postgres', 'redis', 'sqlite', 'testing'];

const broken: [rule: string, file: string, code: string][] = [
  ['noRestrictedImports', 'core/src/framework.ts', "import 'express';"],
  ['noRestrictedImports', 'core/src/testing.ts', "import '@twenty-webhooks/testing';"],
  ['noRestrictedImports', 'core/src/itself.ts', "import '@twenty-webhooks/core';"],
  ['noNodejsModules', 'core/src/node-only.ts', "import 'node:http';"],
  ['noNodejsModules', 'hono/src/node-only.ts', "import 'node:http';"],
  ['noNodejsModules', 'next/src/index.ts', "import 'node:http';"],
  ['noRestrictedImports', 'express/src/deep.ts', "import '@twenty-webhooks/core/verify';"],
  ['noRestrictedImports', 'express/src/deep-dist.ts', "import '@twenty-webhooks/core/dist/verify.js';"],
  ['noRestrictedImports', 'express/src/deep-type.ts', "import type {} from '@twenty-webhooks/core/src/verify.ts';"],
  ['noRestrictedImports', 'express/src/deep-export.ts', "export {} from '@twenty-webhooks/core/src/verify.ts';"],
  ['noRestrictedImports', 'express/src/deep-dynamic.ts', "void import('@twenty-webhooks/core/src/verify.ts');"],
  ['noRestrictedImports', 'express/src/relative.ts', "import '../../core/src/verify.ts';"],
  ['noRestrictedImports', 'express/src/a/relative.ts', "import '../../../core/src/verify.ts';"],
  ['noRestrictedImports', 'express/src/testing.ts', "import '@twenty-webhooks/testing';"],
  ['noRestrictedImports', 'express/src/other-adapter.ts', "import '@twenty-webhooks/fastify';"],
  ['noRestrictedImports', 'sqlite/src/deep.ts', "import '@twenty-webhooks/core/dist/embedded/job-table.js';"],
  ['noRestrictedImports', 'sqlite/src/testing.ts', "import '@twenty-webhooks/testing';"],
  ['noRestrictedImports', 'sqlite/src/adapter.ts', "import '@twenty-webhooks/express';"],
  ['noRestrictedImports', 'express/src/inbox.ts', "import '@twenty-webhooks/sqlite';"],
  ['noRestrictedImports', 'core/src/inbox.ts', "import '@twenty-webhooks/sqlite';"],
  ['noUndeclaredDependencies', 'sqlite/src/other-sqlite.ts', "import 'better-sqlite3';"],
  ['noRestrictedImports', 'postgres/src/deep.ts', "import '@twenty-webhooks/core/dist/lane.js';"],
  ['noRestrictedImports', 'postgres/src/deep-source.ts', "import type {} from '../../core/src/lane.ts';"],
  ['noRestrictedImports', 'postgres/src/testing.ts', "import '@twenty-webhooks/testing';"],
  ['noRestrictedImports', 'postgres/src/services.ts', "import '@twenty-webhooks/services';"],
  ['noRestrictedImports', 'postgres/src/adapter.ts', "import '@twenty-webhooks/express';"],
  ['noRestrictedImports', 'postgres/src/redis.ts', "import '@twenty-webhooks/redis';"],
  ['noUndeclaredDependencies', 'postgres/src/other-driver.ts', "import 'ioredis';"],
  ['noUndeclaredDependencies', 'postgres/src/other-engine.ts', "import 'bullmq';"],
  ['noUndeclaredDependencies', 'postgres/src/dev-dependency.ts', "import '@electric-sql/pglite';"],
  ['noRestrictedImports', 'redis/src/deep.ts', "import '@twenty-webhooks/core/dist/lane.js';"],
  ['noRestrictedImports', 'redis/src/deep-source.ts', "import type {} from '../../core/src/lane.ts';"],
  ['noRestrictedImports', 'redis/src/testing.ts', "import '@twenty-webhooks/testing';"],
  ['noRestrictedImports', 'redis/src/services.ts', "import '@twenty-webhooks/services';"],
  ['noRestrictedImports', 'redis/src/adapter.ts', "import '@twenty-webhooks/express';"],
  ['noRestrictedImports', 'redis/src/postgres.ts', "import '@twenty-webhooks/postgres';"],
  ['noUndeclaredDependencies', 'redis/src/other-driver.ts', "import 'pg';"],
  ['noUndeclaredDependencies', 'redis/src/other-driver-type.ts', "import type {} from 'pg';"],
  ['noUndeclaredDependencies', 'redis/src/other-engine.ts', "import 'pg-boss';"],
  ['noRestrictedImports', 'core/src/postgres.ts', "import '@twenty-webhooks/postgres';"],
  ['noRestrictedImports', 'core/src/redis.ts', "import '@twenty-webhooks/redis';"],
  ['noRestrictedImports', 'testing/src/deep.ts', "import '@twenty-webhooks/core/verify';"],
  ['noRestrictedImports', 'cli/src/deep.ts', "import '@twenty-webhooks/core/dist/lane.js';"],
  ['noRestrictedImports', 'cli/src/adapter.ts', "import '@twenty-webhooks/express';"],
  ['noRestrictedImports', 'cli/src/postgres.ts', "import '@twenty-webhooks/postgres';"],
  ['noRestrictedImports', 'cli/src/services.ts', "import '@twenty-webhooks/services';"],
  ['noUndeclaredDependencies', 'cli/src/dev-dependency.ts', "import 'preact';"],
  ['noConsole', 'cli/src/print.ts', 'console.log(1);'],
  ['noNodejsModules', 'cli/src/inspector/node-only.ts', "import 'node:http';"],
  ['noUndeclaredDependencies', 'cli/src/inspector/other.ts', "import 'lit';"],
  ['noUndeclaredDependencies', 'express/src/dev-dependency.ts', "import 'express4';"],
  ['noUndeclaredDependencies', 'express/src/other-framework.ts', "import 'hono';"],
  ['noConsole', 'core/src/print.ts', 'console.log(1);'],
  ['noDefaultExport', 'core/src/default.ts', 'export default 1;'],
  ['noReExportAll', 'express/src/all.ts', "export * from '@twenty-webhooks/core';"],
];

const kept: [file: string, code: string][] = [
  ['core/src/verify.ts', "import '#crypto';\nimport './errors.ts';"],
  ['core/src/errors.ts', 'export {};'],
  ['core/src/memory/store.ts', "import '../errors.ts';"],
  ['core/src/node.ts', "import 'node:http';"],
  ['core/src/crypto/node.ts', "import 'node:crypto';"],
  ['core/src/verify.test.ts', "import 'node:crypto';\nimport 'vitest';"],
  ['express/src/public.ts', "import '@twenty-webhooks/core';\nimport '@twenty-webhooks/core/node';\nimport 'express';"],
  ['express/src/public.test.ts', "import '@twenty-webhooks/testing';\nimport 'express4';"],
  ['sqlite/src/public.ts', "import 'node:fs';\nimport 'node:sqlite';\nimport '@twenty-webhooks/core';"],
  ['sqlite/src/public.test.ts', "import '@twenty-webhooks/testing';"],
  ['postgres/src/public.ts', "import 'node:crypto';\nimport 'pg';\nimport 'pg-boss';\nimport '@twenty-webhooks/core';"],
  ['postgres/src/public.test.ts', "import '@electric-sql/pglite';\nimport '@twenty-webhooks/services';"],
  [
    'redis/src/public.ts',
    "import 'node:crypto';\nimport 'bullmq';\nimport 'ioredis';\nimport '@twenty-webhooks/core';",
  ],
  ['redis/src/public.test.ts', "import '@twenty-webhooks/services';\nimport '@twenty-webhooks/testing';"],
  ['testing/src/public.ts', "import 'node:http';\nimport '@twenty-webhooks/core';"],
  ['next/src/pages.ts', "import 'node:http';"],
  [
    'cli/src/public.ts',
    "import 'commander';\nimport '@twenty-webhooks/core/node';\nimport '@twenty-webhooks/sqlite';\nimport '@twenty-webhooks/testing';",
  ],
  ['cli/src/inspector/page.ts', "import 'preact';"],
];

let scratch: string;
const rulesByFile = new Map<string, string[]>();

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'import-rules-'));
  for (const name of ['biome.jsonc', '.gitignore', ...packages.map((name) => `packages/${name}/package.json`)]) {
    cpSync(join(root, name), join(scratch, name));
  }
  for (const [file, code] of [...broken.map(([, ...rest]) => rest), ...kept]) {
    const path = join(scratch, 'packages', file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${code}\n`);
  }
  const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
  const args = [biome, 'lint', '--reporter=json', '--max-diagnostics=none', '.'];
  const { stdout } = spawnSync(process.execPath, args, { cwd: scratch, encoding: 'utf8' });
  const report: { diagnostics: { category: string; location: { path: string } }[] } = JSON.parse(stdout);
  for (const { category, location } of report.diagnostics) {
    const file = location.path.replaceAll('\\', '/').replace(/^packages\//, '');
    rulesByFile.set(file, [...(rulesByFile.get(file) ?? []), category.replace(/^.*\//, '')]);
  }
});

afterAll(() => rmSync(scratch, { recursive: true }));

test.each(broken)('%s rejects %s', (rule, file) => {
  expect(rulesByFile.get(file)).toContain(rule);
});

test.each(kept)('%s is fine', (file) => {
  expect(rulesByFile.get(file)).toBeUndefined();
});
