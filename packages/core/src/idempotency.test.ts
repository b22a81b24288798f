import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { idempotencyKey } from './idempotency.ts';

test('is SHA-256 over the JSON array of workspace, event and handler', async () => {
  const expected = createHash('sha256').update('["workspace-1","event-1","person.created"]').digest('hex');
  expect(await idempotencyKey('workspace-1', 'event-1', 'person.created')).toBe(expected);
});

test('is the same for the same three, now and in every version', async () => {
  expect(await idempotencyKey('é', '🚀', '"\\')).toBe(
    createHash('sha256').update('["é","🚀","\\"\\\\"]').digest('hex'),
  );
});

test('differs if one of the three does, also where they join to the same text', async () => {
  const part = fc.string({ unit: fc.constantFrom('a', ',', '"', '\\', '[', ']') });
  const three = fc.tuple(part, part, part);
  const property = fc.asyncProperty(three, three, async (one, other) => {
    const isSame = one.every((text, index) => text === other[index]);
    expect((await idempotencyKey(...one)) === (await idempotencyKey(...other))).toBe(isSame);
  });
  await fc.assert(property);
});
