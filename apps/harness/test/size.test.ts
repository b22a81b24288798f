import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const apps = join(import.meta.dirname, '../..');

function linesIn(folder: string): number {
  if (!existsSync(folder)) return 0;
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const lines = files.map(
    ({ name, parentPath }) => readFileSync(join(parentPath, name), 'utf8').split('\n').length - 1,
  );
  return lines.reduce((sum, count) => sum + count, 0);
}

// What connects crm-sync with its database, with HubSpot and with Twenty stands beside `src`.
it.each([
  ['slack-notify', 250, 0],
  ['crm-sync', 250, 135],
  ['workflow-trigger', 250, 0],
  ['edge-forward', 250, 0],
])('%s is read in minutes: at most %i lines in src/, %i in lib/', (app, inSrc, inLib) => {
  expect(linesIn(join(apps, app, 'src'))).toBeLessThanOrEqual(inSrc);
  expect(linesIn(join(apps, app, 'src'))).toBeGreaterThan(100);
  expect(linesIn(join(apps, app, 'lib'))).toBeLessThanOrEqual(inLib);
});
