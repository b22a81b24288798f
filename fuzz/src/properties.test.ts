import { randomInt } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import { allProperties } from './all-properties.ts';
import { checkProperty } from './check-property.ts';
import { describeFinding } from './describe-finding.ts';

const properties = allProperties();

afterAll(async () => {
  for (const property of properties) await property.close?.();
});

test.each(properties)('$name holds for $testCases cases', { timeout: 120_000 }, async (property) => {
  const finding = await checkProperty(property, { cases: property.testCases, seed: randomInt(2 ** 31) });
  expect(finding && describeFinding(finding)).toBeUndefined();
});
