import type { SuiteCase } from '../test-runner.ts';

export function caseNamed(cases: readonly SuiteCase[], name: string): SuiteCase {
  const found = cases.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no case named ${name}`);
  return found;
}
