import { execFileSync, spawn } from 'node:child_process';
import { createReadStream, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { root } from './pack.ts';

/** A package registry on 127.0.0.1 that has what is installed in this repository, so that `npm install` needs no network. */
export interface LocalRegistry {
  /** `http://127.0.0.1:49152`. */
  readonly origin: string;
  close(): void;
}

/** @param tarballs of our own packages, which it has too then, as after a release */
export async function startLocalRegistry(tarballs: Iterable<string> = []): Promise<LocalRegistry> {
  const packages = installedPackages();
  const released = new Map([...tarballs].map((tarball) => [readPacked(tarball).name, tarball]));
  const server = createServer((request, response) => {
    const [name = '', version] = decodeURIComponent(request.url?.slice(1) ?? '').split('/-/');
    const own = released.get(name);
    if (own !== undefined && version !== undefined) return void createReadStream(own).pipe(response);
    if (own !== undefined) return void send(response, describe(name, [readPacked(own)], origin));
    const folders = packages.get(name);
    const folder = version === undefined ? undefined : folders?.get(version);
    if (folder !== undefined) return void pack(folder).pipe(response);
    if (folders === undefined) return void response.writeHead(404).end('{}');
    send(
      response,
      describe(
        name,
        [...folders.values()].flatMap((place) => readManifest(place) ?? []),
        origin,
      ),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Name → version → folder. */
type Packages = ReadonlyMap<string, ReadonlyMap<string, string>>;

function installedPackages(): Packages {
  const packages = new Map<string, Map<string, string>>();
  const store = join(root, 'node_modules/.pnpm');
  for (const place of readdirSync(store)) {
    const modules = join(store, place, 'node_modules');
    // `next@16.4.6_react@19.3.1`, `@types+node@24.19.2`: the package itself is a folder there, what it needs are links.
    const name = place.slice(0, place.indexOf('@', 1)).replace('+', '/');
    const manifest = readManifest(join(modules, name));
    if (manifest === undefined) continue;
    const versions = packages.get(name) ?? new Map();
    packages.set(name, versions.set(manifest.version, realpathSync(join(modules, name))));
  }
  return packages;
}

interface Manifest {
  readonly name: string;
  readonly version: string;
}

function readManifest(folder: string): Manifest | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  } catch {
    return undefined;
  }
}

function readPacked(tarball: string): Manifest {
  return JSON.parse(execFileSync('tar', ['-xzOf', tarball, 'package/package.json'], { encoding: 'utf8' }));
}

const send = (response: ServerResponse, json: object): unknown =>
  response.setHeader('content-type', 'application/json').end(JSON.stringify(json));

function describe(name: string, manifests: readonly Manifest[], origin: string): object {
  const versions = manifests.map(
    (manifest) =>
      [manifest.version, { ...manifest, dist: { tarball: `${origin}/${name}/-/${manifest.version}` } }] as const,
  );
  const [latest] = versions.at(-1) ?? [];
  return { name, 'dist-tags': { latest }, versions: Object.fromEntries(versions) };
}

function pack(folder: string): NodeJS.ReadableStream {
  // pnpm keeps equal files once, as hard links, which npm would leave out.
  const args = ['-cf', '-', '--hard-dereference', '--exclude=./node_modules', '--transform', 's,^\\.,package,'];
  return spawn('tar', [...args, '-C', folder, '.'], { stdio: ['ignore', 'pipe', 'inherit'] }).stdout;
}
