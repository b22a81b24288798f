// Writes the generated parts of the documentation anew. With --check it changes nothing, and ends with 1 if something would change.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { regenerate } from './generated-parts.ts';
import { markdownFiles, root } from './markdown-files.ts';

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });

for (const file of markdownFiles()) {
  const path = join(root, file);
  const before = readFileSync(path, 'utf8');
  const after = regenerate(before);
  if (after === before) continue;
  if (values.check) {
    console.error(`${file} is stale. Run: npx -y pnpm@10.34.8 generate`);
    process.exitCode = 1;
  } else {
    writeFileSync(path, after);
    console.log(`${file} written`);
  }
}
