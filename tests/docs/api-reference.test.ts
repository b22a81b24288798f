import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { writeApiReference } from '../../docs/.vitepress/api-reference.ts';
import { root } from '../../scripts/markdown-files.ts';

// The reference of the packages is built with the site; here is what must keep it from being built.

const folder = mkdtempSync(join(tmpdir(), 'api-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function write(code: string, speakForThemselves: readonly string[] = []): Promise<string> {
  const file = join(folder, 'index.ts');
  const out = join(folder, 'out');
  writeFileSync(file, code);
  writeFileSync(join(folder, 'package.json'), '{ "name": "some", "version": "1.0.0", "type": "module" }');
  const entry = { name: 'some', specifier: 'some', file };
  await writeApiReference([entry], { root, out, sourceUrl: 'https://example.com', speakForThemselves });
  return readFileSync(join(out, 'some.md'), 'utf8');
}

const documented = '/** Count what is there. See {@link Counted}. */\nexport const count = (): Counted => 1;\n';
const type = '/** A number of things. */\nexport type Counted = number;\n';

test('an export has its docstring in the reference, or keeps it from being built', async () => {
  expect(await write(`${documented}${type}export const size = 1;`, ['some.size'])).toContain('Count what is there.');
  const undocumented = `${documented}export type Counted = number;\nexport function length(): number { return 1; }`;
  const refused = await write(undocumented, ['some.count']).catch((error: Error) => error.message.split('\n'));
  expect(refused).toEqual([
    'The API reference is incomplete.',
    'some.Counted: no docstring',
    'some.length: no docstring',
    'some.count: has a docstring',
  ]);
}, 120_000);

test('a link in a docstring leads somewhere, or keeps it from being built', async () => {
  await expect(write(`${documented.replace('@link Counted', '@link Nothing')}${type}`)).rejects.toThrow('"Nothing"');
}, 120_000);
