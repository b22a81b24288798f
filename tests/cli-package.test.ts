import { type ExecFileException, execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LocalRegistry, startLocalRegistry } from './local-registry.ts';
import { packPackages, root } from './pack.ts';

// `npx twenty-webhooks`, as users type it, from a registry on loopback that has the packed tarballs.
const folder = mkdtempSync(join(tmpdir(), 'cli-package-'));
const env = { PATH: process.env.PATH ?? '', HOME: folder, TMPDIR: folder };
let registry: LocalRegistry;
let installed: string;

beforeAll(async () => {
  registry = await startLocalRegistry(packPackages(folder).values());
  const settings = { npm_config_registry: registry.origin, npm_config_cache: join(folder, 'npm') };
  const options = { cwd: folder, env: { ...env, ...settings, npm_config_update_notifier: 'false' } };
  const { stdout } = await execute('npx', ['-y', 'twenty-webhooks', '--help'], options);
  expect(stdout).toContain('Usage: twenty-webhooks');
  const [place = ''] = readdirSync(join(folder, 'npm/_npx'));
  installed = join(folder, 'npm/_npx', place, 'node_modules');
}, 180_000);
afterAll(() => {
  registry?.close();
  rmSync(folder, { recursive: true, force: true });
});

test('brings at most 12 packages', () => {
  const names = readdirSync(installed)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) =>
      name.startsWith('@') ? readdirSync(join(installed, name)).map((one) => `${name}/${one}`) : [name],
    );
  console.log(`npx twenty-webhooks installs ${names.length} packages: ${names.join(', ')}`);
  expect(names).toContain('twenty-webhooks');
  expect(names.length).toBeLessThanOrEqual(12);
  // None of them has any of its own below it.
  expect(names.filter((name) => readdirSync(join(installed, name)).includes('node_modules'))).toEqual([]);
});

test.each([20, 22, 24, 26])(
  'runs on Node %i',
  async (version) => {
    const run = async (...args: readonly string[]) => {
      const node = join(root, `tests/node_modules/node${version}/bin/node`);
      const main = join(installed, 'twenty-webhooks/dist/main.js');
      const options = { cwd: folder, env, timeout: 30_000 };
      return execute(node, [main, ...args], options).then(
        ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
        ({ code, stdout = '', stderr = '' }: ExecFileException) => ({ code, stdout, stderr }),
      );
    };
    expect((await run('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    const refused = await run('send', 'person.created', '--unsigned', '--to', 'http://127.0.0.1:1/', '--json');
    expect(refused.code).toBe(3);
    expect(JSON.parse(refused.stdout)).toMatchObject({ deliveries: [{ failure: 'ECONNREFUSED' }] });
    expect(refused.stderr).toBe('');
    const old = await run('listen', '--port', '0');
    expect(old.code).toBe(2);
    expect(old.stderr).toContain(version < 22 ? 'needs Node 22.13' : 'TWENTY_WEBHOOK_SECRET');
  },
  90_000,
);

const execute = promisify(execFile);
