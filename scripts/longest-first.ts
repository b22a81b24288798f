import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Start test files that may take long first. Vitest alone orders them by how long they took, but where it has not seen them
 * yet by their size, and what waits for servers is short.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const weighed = await Promise.all(sorted.map(async (file) => ({ file, ms: await msOf(file) })));
    return weighed.sort((one, other) => other.ms - one.ms).map(({ file }) => file);
  }
}

async function msOf({ moduleId, project }: TestSpecification): Promise<number> {
  return mayTakeMs(moduleId, { root: project.config.root, source: await readFile(moduleId, 'utf8') });
}

/** The longest time limit that a test file states; the usual one if it starts processes or servers; 0 for all others. */
export function mayTakeMs(path: string, { root, source }: { readonly root: string; readonly source: string }): number {
  const numbers = [...source.matchAll(/\b(\d{2,3})_000\b/g)].map(([, seconds]) => Number(seconds) * 1_000);
  const startsProcesses =
    /(^|\/)tests?\//.test(relative(root, path)) ||
    /@twenty-webhooks\/services'|\binboxCases\b|\bdescribeInbox\b/.test(source);
  return Math.max(startsProcesses ? usualMs : 0, ...numbers.filter((ms) => ms > usualMs && ms <= longestMs));
}

// As in vitest.config.ts.
const usualMs = 60_000;
/** Larger numbers are no time limits of tests. */
const longestMs = 180_000;
