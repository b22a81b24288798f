import type { GoldenVector } from '@twenty-webhooks/testing';
import type { Plan } from './deliver.ts';
import { expectGenuine, expectRejected } from './expectation.ts';

/** Every golden vector. Some carry the same event, so that the second is a duplicate. */
export function* planVectors(vectors: readonly GoldenVector[]): Generator<Plan & Pick<GoldenVector, 'secrets'>> {
  const known = new Set<string>();
  for (const { name, format, secrets, headers, body, expected, event, id } of vectors) {
    const key = `${secrets.length} ${id}`;
    yield {
      name,
      format,
      secrets,
      headers,
      body,
      expected: expected === 'valid' ? expectGenuine(event ?? '', body, known.has(key)) : expectRejected(expected),
    };
    known.add(key);
  }
}
