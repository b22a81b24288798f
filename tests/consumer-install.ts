import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** What npm makes of a project's dependencies. */
export interface Resolution {
  /** Every package in the lock file, once; none if npm refuses. */
  readonly names: readonly string[];
  /** Its warnings and errors. */
  readonly said: string;
}

/** Have npm resolve dependencies from a registry, in a new folder within `parent`. It fetches nothing else: the lock file tells all. */
export async function resolveWithNpm(
  dependencies: Readonly<Record<string, string>>,
  { registry, parent }: { readonly registry: string; readonly parent: string },
): Promise<Resolution> {
  const cwd = mkdtempSync(join(parent, 'resolved-'));
  writeFileSync(join(cwd, 'package.json'), JSON.stringify({ private: true, dependencies }));
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: cwd,
    npm_config_registry: registry,
    npm_config_cache: join(parent, 'npm-cache'),
    npm_config_update_notifier: 'false',
  };
  const args = ['install', '--package-lock-only', '--ignore-scripts', '--no-audit', '--no-fund'];
  const options = { cwd, env, timeout: 60_000, shell: process.platform === 'win32' };
  const { stderr } = await promisify(execFile)('npm', args, options).catch((error: { stderr: string }) => error);
  return { names: stderr.includes('npm error') ? [] : lockedNames(cwd), said: stderr.trim() };
}

function lockedNames(folder: string): readonly string[] {
  const lock: { packages: Record<string, object> } = JSON.parse(
    readFileSync(join(folder, 'package-lock.json'), 'utf8'),
  );
  const places = Object.keys(lock.packages).filter((place) => place !== '');
  return [...new Set(places.map((place) => place.replace(/^.*node_modules\//, '')))].sort();
}
