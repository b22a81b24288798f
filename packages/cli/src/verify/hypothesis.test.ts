import { expect, test } from 'vitest';
import { findHypothesis, type Hypothesis } from './hypothesis.ts';
import { readSignature } from './signature-claim.ts';

test('work has a limit, whatever there is to try', async () => {
  let tried = 0;
  function* endless(): Generator<Hypothesis> {
    for (; tried < 1_000; tried += 1) yield { findings: [], secretIndex: 0, key: 'x', message: ['x'.repeat(5_000)] };
  }
  const claim = readSignature('ab'.repeat(32), 'timestamped');
  if (claim === undefined) throw new Error('it has the form of one');
  expect(await findHypothesis(claim, endless(), 100_000)).toEqual({ found: undefined, isCutShort: true });
  expect(tried).toBe(10);
});
