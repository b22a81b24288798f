import type { Finding } from './check-property.ts';

/** Say how to run a case again, and what was wrong with it. */
export function describeFinding({ property, seed, path, script, error }: Finding): string {
  return `
Finding in ${property}. To run this case again:
  pnpm fuzz --only ${property} --script ${script === '' ? "''" : script}
As it was found:
  pnpm fuzz --only ${property} --seed ${seed} --path ${path}
${error instanceof Error ? error.stack : String(error)}`;
}
