import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { packPackages } from '../pack.ts';

/** A folder with the packed tarballs in its `node_modules`, and nothing else of this repository. */
export interface PackedProject {
  readonly folder: string;
  /** Write a file; returns its path. */
  write(file: string, content: string): string;
  remove(): void;
}

/** Needs a build. Beside the tarballs there are the frameworks, which are a user's own. */
export function makePackedProject(): PackedProject {
  const folder = mkdtempSync(join(tmpdir(), 'runtimes-'));
  const tarballs = packPackages(folder);
  for (const name of packages) {
    const place = join(folder, 'node_modules/@twenty-webhooks', name);
    mkdirSync(place, { recursive: true });
    execFileSync('tar', ['-xzf', tarballs.get(name) ?? '', '-C', place, '--strip-components=1']);
  }
  for (const name of frameworks) {
    const link = join(folder, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(realpathSync(join(import.meta.dirname, '../node_modules', name)), link, 'junction');
  }
  const write = (file: string, content: string): string => {
    writeFileSync(join(folder, file), content);
    return join(folder, file);
  };
  write('package.json', '{ "private": true, "type": "module" }');
  return { folder, write, remove: () => rmSync(folder, { recursive: true }) };
}

const packages = ['core', 'testing', 'express', 'fastify', 'hono', 'sqlite'];
const frameworks = ['express', 'fastify', 'hono', '@hono/node-server'];
