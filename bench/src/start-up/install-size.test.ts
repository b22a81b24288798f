import { expect, test } from 'vitest';
import { installSize } from './install-size.ts';

test('core is one package, an adapter brings core, and its framework does not count', () => {
  const core = installSize('@twenty-webhooks/core');
  expect(core.packages).toBe(1);
  expect(core.bytes).toBeGreaterThan(50_000);
  const adapter = installSize('@twenty-webhooks/express', 'express');
  expect(adapter.packages).toBe(2);
  expect(adapter.bytes).toBeGreaterThan(core.bytes);
  expect(installSize('@twenty-webhooks/express').packages).toBeGreaterThan(20);
});
