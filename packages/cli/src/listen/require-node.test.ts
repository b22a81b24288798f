import { expect, test } from 'vitest';
import { requireNode } from './require-node.ts';

test.each(['22.13.0', '22.14.1', '23.0.0', '24.21.0', '100.0.0'])('%s is new enough', (version) => {
  expect(() => requireNode(version)).not.toThrow();
});

test.each(['20.19.0', '22.12.9', '18.0.0', '9.99.0'])('%s is too old', (version) => {
  expect(() => requireNode(version)).toThrow(expect.objectContaining({ code: 'NODE_TOO_OLD' }));
});
