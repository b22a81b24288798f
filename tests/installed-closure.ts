import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { PackageManifest } from './pack.ts';

/**
 * All packages that an install of the package in `folder` brings, as name → folders where they are installed here: dependencies,
 * and peers that are not optional, of each in turn. An optional peer is left out also where it is installed for somebody else.
 * Two folders are two versions; none is an optional dependency for another system than this.
 *
 * @throws Error if one of them is not installed
 */
export function installedClosure(folder: string): ReadonlyMap<string, ReadonlySet<string>> {
  const closure = new Map<string, Set<string>>();
  const waiting = [realpathSync(folder)];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const { name, isOptional } of broughtBy(next)) {
      const found = findInstalled(name, next);
      if (found === undefined && !isOptional) throw new Error(`${name}, which ${next} needs, is not installed`);
      const folders = closure.get(name) ?? new Set();
      closure.set(name, folders);
      if (found === undefined || folders.has(found)) continue;
      folders.add(found);
      waiting.push(found);
    }
  }
  return closure;
}

function broughtBy(folder: string): readonly { readonly name: string; readonly isOptional: boolean }[] {
  const manifest: PackageManifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const { dependencies = {}, optionalDependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} } = manifest;
  const peers = Object.keys(peerDependencies).filter((name) => peerDependenciesMeta[name]?.optional !== true);
  return [...Object.keys({ ...dependencies, ...optionalDependencies }), ...peers].map((name) => ({
    name,
    isOptional: name in optionalDependencies,
  }));
}

/** As Node looks for it: in the `node_modules` beside the importing package, and of every folder above. */
function findInstalled(name: string, folder: string): string | undefined {
  const candidate = join(folder, 'node_modules', name);
  if (existsSync(join(candidate, 'package.json'))) return realpathSync(candidate);
  const above = dirname(folder);
  return above === folder ? undefined : findInstalled(name, above);
}
