import { afterEach, expect, test, vi } from 'vitest';
import { registerCases } from './test-runner.ts';

afterEach(() => void vi.unstubAllGlobals());

const cases = [{ name: 'one', run: async () => {} }];

test('without a runner, the global describe and it are used', () => {
  const names: string[] = [];
  vi.stubGlobal('describe', (name: string, body: () => void) => {
    names.push(name);
    body();
  });
  vi.stubGlobal('it', (name: string) => names.push(name));
  registerCases('suite', cases);
  expect(names).toEqual(['suite', 'one']);
});

test('without globals it says what to hand over', () => {
  expect(() => registerCases('suite', cases)).toThrow(/import \{ describe, it \} from 'vitest'/);
});
