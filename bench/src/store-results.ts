import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SectionResult } from './report.ts';
import { toResultsFile } from './results-file.ts';

const folder = join(import.meta.dirname, '..');

/** Keep the result of a section, and write `RESULTS.md` anew with it and with what is there of the others. */
export async function storeResult(name: string, result: SectionResult, sections: readonly string[]): Promise<void> {
  await mkdir(join(folder, 'results'), { recursive: true });
  await writeFile(fileOf(name), `${JSON.stringify(result, null, 2)}\n`);
  const results: [string, SectionResult][] = [];
  for (const section of sections) {
    const stored = await readStored(section);
    if (stored !== undefined) results.push([section, stored]);
  }
  await writeFile(join(folder, 'RESULTS.md'), toResultsFile(results));
}

async function readStored(name: string): Promise<SectionResult | undefined> {
  try {
    return JSON.parse(await readFile(fileOf(name), 'utf8'));
  } catch (error) {
    // A section that never ran.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

const fileOf = (name: string): string => join(folder, 'results', `${name}.json`);
