import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packageFolders, readManifest, root } from './pack.ts';

// What `pnpm version-packages` makes of a repository that has been released: on a copy of the manifests, with changesets of its own.

const copy = mkdtempSync(join(tmpdir(), 'release-'));
afterAll(() => rmSync(copy, { recursive: true }));

const versions = new Map<string, string>();
const changelogs = new Map<string, string>();

beforeAll(() => {
  for (const file of globSync(
    [
      'package.json',
      'pnpm-workspace.yaml',
      '.changeset/config.json',
      '*/package.json',
      '{apps,packages}/*/package.json',
    ],
    { cwd: root },
  )) {
    cpSync(join(root, file), join(copy, file));
  }
  for (const folder of packageFolders) {
    const place = join(copy, 'packages', folder, 'package.json');
    writeFileSync(place, readFileSync(place, 'utf8').replace(/("version": )"[^"]*"/, '$1"0.4.0"'));
  }
  const change = (name: string, bump: string, sentence: string): void =>
    writeFileSync(join(copy, `.changeset/${bump}.md`), `---\n'${name}': ${bump}\n---\n\n${sentence}\n`);
  change('@twenty-webhooks/hono', 'minor', 'Something new for Hono.');
  change('@twenty-webhooks/sqlite', 'patch', 'A mistake of the inbox is mended.');
  const git = (...args: string[]): unknown =>
    execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.com', ...args], { cwd: copy });
  git('init', '--quiet', '--initial-branch=main');
  git('add', '--all');
  git('commit', '--quiet', '--no-gpg-sign', '--message=release');
  execFileSync(process.execPath, [join(root, 'node_modules/@changesets/cli/bin.js'), 'version'], { cwd: copy });
  for (const folder of packageFolders) {
    const { name, version } = JSON.parse(readFileSync(join(copy, 'packages', folder, 'package.json'), 'utf8'));
    versions.set(name, version);
    const changelog = join(copy, 'packages', folder, 'CHANGELOG.md');
    if (existsSync(changelog)) changelogs.set(name, readFileSync(changelog, 'utf8'));
  }
});

/** Those that must fit each other: core, what puts it into a framework, what tests that. */
const family = packageFolders
  .filter((folder) => ['core', 'testing'].includes(folder) || readManifest(folder).peerDependencies !== undefined)
  .map((folder) => readManifest(folder).name);

test('core, the adapters and testing have one version', () => {
  expect(family).toHaveLength(6);
  expect(family.map((name) => versions.get(name))).toEqual(family.map(() => '0.5.0'));
});

test('a package that needs the new core gets a version that asks for it', () => {
  for (const name of ['@twenty-webhooks/postgres', '@twenty-webhooks/redis', 'twenty-webhooks']) {
    expect([name, versions.get(name)]).toEqual([name, '0.4.1']);
    expect(changelogs.get(name)).toContain('@twenty-webhooks/core@0.5.0');
  }
});

describe('the changelog', () => {
  test.each([
    ['@twenty-webhooks/hono', '## 0.5.0', 'Something new for Hono.'],
    ['@twenty-webhooks/sqlite', '## 0.4.1', 'A mistake of the inbox is mended.'],
  ])('of %s has the sentence for its users', (name, version, sentence) => {
    expect(changelogs.get(name)).toContain(version);
    expect(changelogs.get(name)).toContain(sentence);
  });
});

test('changesets are used up, and what is not published stays as it is', () => {
  expect(globSync('.changeset/*.md', { cwd: copy })).toEqual([]);
  const changed = execFileSync('git', ['status', '--porcelain', '--untracked-files=all'], {
    cwd: copy,
    encoding: 'utf8',
  });
  const others = changed.split('\n').filter((line) => line !== '' && !/ (packages|\.changeset)\//.test(line));
  expect(others).toEqual([]);
});
