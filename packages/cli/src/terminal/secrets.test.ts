import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readVariables } from './secrets.ts';
import { processTerminal } from './terminal.ts';

const root = mkdtempSync(join(tmpdir(), 'secrets-'));
afterAll(() => rmSync(root, { recursive: true }));
const terminal = { ...processTerminal(), env: { A: 'environment', B: 'environment', C: '' }, isInteractive: false };

it('an empty line in the file does not hide the environment', () => {
  const file = join(root, '.env');
  writeFileSync(file, 'A=\nB=file\nC=\n');
  expect(['A', 'B', 'C', 'D'].map(readVariables(terminal, file))).toEqual([
    'environment',
    'file',
    undefined,
    undefined,
  ]);
  expect(readVariables(terminal, undefined)('B')).toBe('environment');
});
