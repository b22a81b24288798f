import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { libraryFolders, packageFolders, packPackages, readManifest, root } from './pack.ts';
import { type PackedManifest, type PackedPackage, releaseProblems } from './release-problems.ts';

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

function readPacked(name: string): PackedPackage {
  const pkg = createPackageFromTarballData(read(name));
  const prefix = `/node_modules/${pkg.packageName}/`;
  const files = pkg.listFiles().map((file) => file.slice(prefix.length));
  return { files, manifest: JSON.parse(pkg.readFile(`${prefix}package.json`)) };
}

describe.each(packageFolders)('packages/%s', (name) => {
  test('publint has nothing to say', async () => {
    const bytes = read(name);
    const tarball = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
    const { messages, pkg } = await publint({ pack: { tarball } });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  test('can be released', () => {
    expect(releaseProblems(readPacked(name), name)).toEqual([]);
  });

  test('holds what is run and read, and no tests', () => {
    const { files, manifest } = readPacked(name);
    expect(files.filter((file) => /\.test(-d)?\.|testdata|tsconfig/.test(file))).toEqual([]);
    for (const map of files.filter((file) => file.endsWith('.js.map'))) {
      expect(files).toContain(map.replace(/^dist\/(.*)\.js\.map$/, 'src/$1.ts'));
    }
    // Which they may be is decided in core-size.test.ts.
    expect(Object.keys(manifest.dependencies ?? {}).sort()).toEqual(
      Object.keys(readManifest(name).dependencies ?? {}).sort(),
    );
    expect(JSON.stringify(manifest)).not.toMatch(/workspace:|catalog:/);
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

describe('packages that depend on each other', () => {
  let manifests: readonly PackedManifest[];
  let versions: ReadonlyMap<string | undefined, string | undefined>;
  beforeAll(() => {
    manifests = packageFolders.map((name) => readPacked(name).manifest);
    versions = new Map(manifests.map(({ name, version }) => [name, version]));
  });

  test('ask for the versions that are released with them', () => {
    for (const { dependencies = {} } of manifests) {
      const ours = Object.entries(dependencies).filter(([name]) => versions.has(name));
      expect(ours).toEqual(ours.map(([name]) => [name, `^${versions.get(name)}`]));
    }
  });

  test('have one version where Changesets is told so', () => {
    const { fixed }: { fixed: string[][] } = JSON.parse(readFileSync(join(root, '.changeset/config.json'), 'utf8'));
    for (const group of fixed) expect(new Set(group.map((name) => versions.get(name))).size).toBe(1);
  });
});

describe('a package cannot be released that', () => {
  const types = './dist/index.d.ts';
  const code = './dist/index.js';

  test.each<[string, { manifest?: PackedManifest; lost?: string }, string]>([
    ['exports what is not packed', { lost: 'dist/node.d.ts' }, 'exports ./dist/node.d.ts, which is not packed'],
    [
      'names its types last',
      { manifest: { exports: { '.': { default: code, types } } } },
      'types of . do not come first',
    ],
    ['has no types', { manifest: { exports: { '.': { default: code } } } }, '. has no types'],
    ['does not say where it comes from', { manifest: { repository: undefined } }, 'repository is undefined'],
    ['has no README', { lost: 'README.md' }, 'README.md is not packed'],
    ['is private', { manifest: { publishConfig: { provenance: true } } }, 'publishConfig is {"provenance":true}'],
    ['needs the workspace', { manifest: { dependencies: { a: 'workspace:^' } } }, 'a is workspace:^'],
    ['runs anywhere', { manifest: { engines: {} } }, 'engines is {}'],
  ])('%s', (_name, { manifest, lost }, problem) => {
    const core = readPacked('core');
    const files = core.files.filter((file) => file !== lost);
    expect(releaseProblems({ files, manifest: { ...core.manifest, ...manifest } }, 'core')).toEqual([problem]);
  });
});
