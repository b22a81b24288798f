import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { findPackage } from './load-package.ts';

const root = mkdtempSync(join(tmpdir(), 'load-package-'));
afterAll(() => rmSync(root, { recursive: true }));

it('takes the package of the project in this folder, else the one beside this command', () => {
  const name = '@twenty-webhooks/redis';
  expect(findPackage(name, root)).toMatch(/packages\/redis\//);
  const folder = join(root, 'node_modules', name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "exports": "./own.js" }');
  writeFileSync(join(folder, 'own.js'), '');
  expect(findPackage(name, root)).toBe(join(folder, 'own.js'));
});

it('says how to install what is missing', () => {
  expect(() => findPackage('@twenty-webhooks/none', root)).toThrow(
    expect.objectContaining({
      code: 'PACKAGE_MISSING',
      message: expect.stringMatching(/npm install @twenty-webhooks\/none$/),
    }),
  );
});
