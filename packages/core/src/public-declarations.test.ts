import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

// What users' compilers see, emitted as the build does.
const folder = mkdtempSync(join(tmpdir(), 'core-declarations-'));
const project = join(import.meta.dirname, '../tsconfig.build.json');

beforeAll(() => {
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
  // With the condition `#crypto` is a source, so that nothing has to be built first.
  const emit = ['--emitDeclarationOnly', '--declarationMap', 'false', '--outDir', folder];
  const args = [tsc, '-p', project, '--customConditions', '@twenty-webhooks/source', ...emit];
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect(stdout).toBe('');
  expect(status).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true }));

const declarations = (): [file: string, code: string][] =>
  globSync('**/*.d.ts', { cwd: folder }).map((file) => [
    file,
    withoutComments(readFileSync(join(folder, file), 'utf8')),
  ]);

function withoutComments(code: string): string {
  return code.replaceAll(/\/\*.*?\*\//gs, '').replaceAll(/\/\/.*$/gm, '');
}

test('there are some', () => {
  const files = declarations().map(([file]) => file);
  for (const file of ['index.d.ts', 'node.d.ts', 'receiver.d.ts', 'crypto/web.d.ts']) expect(files).toContain(file);
  expect(files.filter((file) => /test|testdata/.test(file))).toEqual([]);
});

test('none says any', () => {
  const found = declarations().flatMap(([file, code]) =>
    code
      .split('\n')
      .filter((line) => /\bany\b/.test(line))
      .map((line) => `${file}: ${line.trim()}`),
  );
  expect(found).toEqual([]);
});

test('the check would find one', () => {
  expect(withoutComments('/** any */ declare const a: any; // any')).toMatch(/\bany\b/);
  expect(withoutComments('/** of any\n kind */ declare const a: string; // any')).not.toMatch(/\bany\b/);
});

test('none but node.d.ts and those of crypto/ that are for Node needs the types of Node', () => {
  const found = declarations()
    .filter(([, code]) => /from ['"]node:|types="node"|\bBuffer\b|NodeJS\./.test(code))
    .map(([file]) => file);
  expect(found.sort()).toEqual(['crypto/node-sha256.d.ts', 'node.d.ts']);
});
