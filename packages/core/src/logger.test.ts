import { describe, expect, test } from 'vitest';
import { createOutcomeLog } from './logger.ts';
import type { Outcome } from './outcome.ts';
import { createLog } from './testdata/deliveries.ts';

const rejected = (code: string): Outcome => ({ status: 'rejected', code, reason: `why ${code}` }) as Outcome;
const failed = (code: string, cause?: unknown): Outcome =>
  ({ status: 'failed', code, reason: 'why', cause }) as Outcome;

function setup() {
  const lines = createLog();
  const log = createOutcomeLog(lines);
  return { lines, log };
}

describe('at most one line per code and minute', () => {
  test('in the same minute', () => {
    const { lines, log } = setup();
    for (let ms = 0; ms < 60_000; ms += 100) log(rejected('SIGNATURE_MISMATCH'), ms);
    expect(lines.warnings).toEqual([['[twenty-webhooks] SIGNATURE_MISMATCH: why SIGNATURE_MISMATCH']]);
  });

  test('in the next minute one more, which counts the others', () => {
    const { lines, log } = setup();
    for (const ms of [0, 1, 59_999, 60_000]) log(rejected('SIGNATURE_MISMATCH'), ms);
    expect(lines.warnings).toHaveLength(2);
    expect(lines.warnings[1]).toEqual([expect.stringMatching(/and 2 more before/)]);
    log(rejected('SIGNATURE_MISMATCH'), 120_000);
    expect(lines.warnings[2]).toEqual([expect.not.stringContaining('more')]);
  });

  test('the minute counts from the last line, not from the last delivery', () => {
    const { lines, log } = setup();
    for (let ms = 0; ms <= 180_000; ms += 30_000) log(rejected('BODY_EMPTY'), ms);
    expect(lines.warnings).toHaveLength(4);
  });

  test('each code has its own', () => {
    const { lines, log } = setup();
    for (let round = 0; round < 3; round++)
      for (const code of ['BODY_EMPTY', 'SIGNATURE_MISSING']) log(rejected(code), round);
    expect(lines.warnings).toHaveLength(2);
  });

  test('failures as well', () => {
    const { lines, log } = setup();
    const cause = new Error('down');
    for (let round = 0; round < 3; round++) log(failed('INBOX_UNAVAILABLE', cause), round);
    expect(lines.errors).toEqual([['[twenty-webhooks] INBOX_UNAVAILABLE: why', cause]]);
  });

  test('a clock that is set back silences nothing for longer than a minute', () => {
    const { lines, log } = setup();
    log(rejected('BODY_EMPTY'), 1_000_000_000);
    log(rejected('BODY_EMPTY'), 500_000_000);
    expect(lines.warnings).toHaveLength(2);
  });
});

test('what the sender did is a warning, what we did an error', () => {
  const { lines, log } = setup();
  log(rejected('BODY_EMPTY'), 0);
  log(failed('HANDLER_TIMEOUT'), 0);
  expect(lines.warnings).toHaveLength(1);
  expect(lines.errors).toEqual([['[twenty-webhooks] HANDLER_TIMEOUT: why']]);
});

test('a good end and a handler that threw, which has its own line, say nothing', () => {
  const { lines, log } = setup();
  for (const status of ['handled', 'accepted', 'duplicate', 'ignored', 'busy']) log({ status } as Outcome, 0);
  log(failed('HANDLER_FAILED', new Error('x')), 0);
  expect(lines).toMatchObject({ warnings: [], errors: [] });
});
