import { expect, it } from 'vitest';
import type { DeliveryReport } from './send-deliveries.ts';
import { createTally } from './tally.ts';

const report = (index: number, changes: Partial<DeliveryReport> = {}): DeliveryReport => ({
  index,
  isControl: false,
  eventId: `evt_${index}`,
  status: 200,
  failure: undefined,
  durationMs: index + 1,
  answer: 'OK',
  verdict: 'right',
  reason: undefined,
  isKnown: false,
  ...changes,
});
const wrong = { status: 500, verdict: 'wrong', reason: 'because' } as const;
const unanswered = { status: undefined, failure: 'TIMEOUT', verdict: 'unanswered', reason: 'late' } as const;

it('counts, measures what was answered, and tells reasons once', () => {
  const tally = createTally(100);
  for (let index = 0; index < 100; index += 1) {
    tally.add(report(index, index === 7 ? { ...unanswered, durationMs: 30_000 } : index % 50 === 9 ? wrong : {}));
  }
  expect(tally.read()).toMatchObject({
    sent: 100,
    right: 97,
    results: { '200': 97, '500': 2, TIMEOUT: 1 },
    durationMs: { p50: 51, p95: 96, max: 100 },
    reasons: ['late', 'because'],
    verdict: 'unanswered',
  });
  expect(tally.read().kept).toHaveLength(100);
});

it('is as good as the worst of them', () => {
  const tally = createTally(3);
  tally.add(report(0));
  expect(tally.read().verdict).toBe('right');
  tally.add(report(1, wrong));
  expect(tally.read().verdict).toBe('wrong');
  tally.add(report(2, unanswered));
  expect(tally.read().verdict).toBe('unanswered');
});

it('keeps of many only those that went wrong, and not without end, in their order', () => {
  const tally = createTally(5_000);
  for (let index = 4_999; index >= 0; index -= 1) tally.add(report(index, index % 2 ? wrong : {}));
  const { kept, sent } = tally.read();
  expect(sent).toBe(5_000);
  expect(kept).toHaveLength(1_000);
  expect(kept.every(({ verdict }) => verdict === 'wrong')).toBe(true);
  expect(kept.map(({ index }) => index)).toEqual(kept.map(({ index }) => index).sort((a, b) => a - b));
});

it('has no times where nothing was answered', () => {
  expect(createTally(1).read()).toMatchObject({ sent: 0, durationMs: undefined });
});
