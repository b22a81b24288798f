import { registerCases, type SuiteCase, type TestRunner } from '../test-runner.ts';
import { answerCases } from './answer-cases.ts';
import { type CaseDefinition, toCase } from './case.ts';
import { contentCases } from './content-cases.ts';
import { duplicateCases } from './duplicate-cases.ts';
import type { AdapterFixture } from './fixture.ts';
import { handlerCases } from './handler-cases.ts';
import { headerCases } from './header-cases.ts';
import { limitCases } from './limit-cases.ts';
import { memoryCases } from './memory-cases.ts';
import { parserCases } from './parser-cases.ts';
import { routingCases } from './routing-cases.ts';
import { vectorCases } from './vector-cases.ts';

/**
 * Register every test of the contract of adapters, against real servers and over real sockets.
 *
 * @param runner default: the global `describe` and `it`
 * @example
 * describeAdapter('express', { variants: ['plain', 'verify-only'], start }, { describe, it });
 */
export function describeAdapter(name: string, fixture: AdapterFixture, runner?: TestRunner): void {
  registerCases(`${name} keeps the contract of adapters`, adapterCases(fixture), runner);
}

/** The same tests as data, in the order in which they are registered. */
export function adapterCases(fixture: AdapterFixture): readonly SuiteCase[] {
  const { variants, limits = [] } = fixture;
  return definitions
    .filter(({ variant = 'plain' }) => variants.includes(variant))
    .filter(({ unless }) => unless === undefined || !limits.includes(unless))
    .map((definition) => toCase(fixture, definition));
}

const definitions: readonly CaseDefinition[] = [
  ...vectorCases,
  ...contentCases,
  ...headerCases,
  ...routingCases,
  ...limitCases,
  ...memoryCases,
  ...parserCases,
  ...handlerCases,
  ...duplicateCases,
  ...answerCases,
];
