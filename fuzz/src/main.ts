import { allProperties } from './all-properties.ts';
import { checkProperty, checkScript, type Finding } from './check-property.ts';
import { describeFinding } from './describe-finding.ts';
import { fuzz } from './fuzz.ts';
import { type FuzzOptions, readFuzzOptions } from './fuzz-options.ts';
import type { Property } from './property.ts';
import { removeQuickFolders } from './quick-folder.ts';
import { withinLimit } from './within-limit.ts';

// `pnpm fuzz`: run the properties over millions of cases; 1 if one of them finds something.

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    removeQuickFolders();
    // Now without a listener: it ends as if there had been none.
    process.kill(process.pid, signal);
  });
}

const options = readFuzzOptions(process.argv.slice(2));
const properties = pick(options.only);
try {
  const findings = await run(options);
  for (const finding of findings) console.error(describeFinding(finding));
  process.exitCode = findings.length > 0 ? 1 : 0;
} finally {
  for (const property of properties) await withinLimit(property.close?.()).catch(reportFailure);
  removeQuickFolders();
}
// What hangs may hold on to something that would keep the process.
if (process.exitCode !== 0) process.exit();

function reportFailure(error: unknown): void {
  console.error(error);
  process.exitCode = 1;
}

async function run({ seed, path, script }: FuzzOptions): Promise<readonly Finding[]> {
  const [property] = properties;
  if (property !== undefined && script !== undefined) {
    await checkScript(property, script);
    console.log('No finding.');
    return [];
  }
  if (property !== undefined && path !== undefined) {
    const finding = await checkProperty(property, { cases: 1, seed, path });
    if (finding === undefined) console.log('No finding.');
    return finding === undefined ? [] : [finding];
  }
  console.log(`Seed ${seed}, ${properties.length} properties`);
  return fuzz(properties, options);
}

function pick(only: readonly string[]): readonly Property[] {
  const all = allProperties();
  const unknown = only.find((name) => !all.some((property) => property.name === name));
  if (unknown !== undefined) {
    throw new Error(`There is no property ${unknown}. There are: ${all.map(({ name }) => name).join(', ')}`);
  }
  return all.filter(({ name }) => only.length === 0 || only.includes(name));
}
