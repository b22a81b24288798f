import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { libraryFolders, packageFolders, packPackages, readManifest } from './pack.ts';

// What is checked is the tarball, not the folder: it is what users get.
const folder = mkdtempSync(join(tmpdir(), 'packed-'));
let tarballs: Map<string, string>;

beforeAll(() => {
  tarballs = packPackages(folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

function read(name: string): Uint8Array {
  const tarball = tarballs.get(name);
  if (tarball === undefined) throw new Error(`no tarball of ${name}`);
  return readFileSync(tarball);
}

describe.each(packageFolders)('packages/%s', (name) => {
  test('publint has nothing to say', async () => {
    const bytes = read(name);
    const tarball = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
    const { messages, pkg } = await publint({ pack: { tarball } });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  test('holds what is run and read, and no tests', () => {
    const { files, packageJson } = (() => {
      const pkg = createPackageFromTarballData(read(name));
      const prefix = `/node_modules/${pkg.packageName}/`;
      return {
        files: pkg.listFiles().map((file) => file.slice(prefix.length)),
        packageJson: JSON.parse(pkg.readFile(`${prefix}package.json`)) as Record<string, Record<string, string>>,
      };
    })();
    expect(files.filter((file) => /\.test(-d)?\.|testdata|tsconfig/.test(file))).toEqual([]);
    for (const map of files.filter((file) => file.endsWith('.js.map'))) {
      expect(files).toContain(map.replace(/^dist\/(.*)\.js\.map$/, 'src/$1.ts'));
    }
    expect(files).toContain('LICENSE');
    // Which they may be is decided in core-size.test.ts.
    expect(Object.keys(packageJson.dependencies ?? {}).sort()).toEqual(
      Object.keys(readManifest(name).dependencies ?? {}).sort(),
    );
    expect(JSON.stringify(packageJson)).not.toMatch(/workspace:|catalog:/);
  });
});

test.each(libraryFolders)('types of packages/%s resolve as its code does', async (name) => {
  const analysis = await checkPackage(createPackageFromTarballData(read(name)));
  if (analysis.types === false) throw new Error('the tarball has no types');
  // ESM only: `require()` of it works from Node 20.19, and resolution without `exports` (node10) is not supported.
  const supported = analysis.problems.filter(
    (problem) =>
      problem.kind !== 'CJSResolvesToESM' && !('resolutionKind' in problem && problem.resolutionKind === 'node10'),
  );
  expect(supported).toEqual([]);
  expect(Object.keys(analysis.entrypoints)).toContain('.');
});
