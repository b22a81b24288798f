import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createProgress } from './progress.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function createOutput(isTTY: boolean) {
  const written: string[] = [];
  return { written, isTTY, columns: 20, write: (text: string) => written.push(text) > 0 };
}

test.each([true, false])('what takes less than two seconds is silent, terminal: %s', (isTTY) => {
  const output = createOutput(isTTY);
  const progress = createProgress(output);
  progress.update('one of two');
  vi.advanceTimersByTime(1_999);
  progress.stop();
  vi.advanceTimersByTime(10_000);
  expect(output.written).toEqual([]);
});

test('on a terminal it is one line, cut at its width, and goes away', () => {
  const output = createOutput(true);
  const progress = createProgress(output);
  progress.update('1 of 1000, and much more than fits');
  vi.advanceTimersByTime(2_050);
  progress.update('2 of 1000');
  vi.advanceTimersByTime(100);
  progress.stop();
  expect(output.written).toEqual(['\r\x1b[2K1 of 1000, and much', '\r\x1b[2K2 of 1000', '\r\x1b[2K']);
});

test('elsewhere it is a line every two seconds, of what is new', () => {
  const output = createOutput(false);
  const progress = createProgress(output);
  for (let second = 0; second < 9; second++) {
    progress.update(`${Math.min(second, 5)} done`);
    vi.advanceTimersByTime(1_000);
  }
  progress.stop();
  expect(output.written).toEqual(['1 done\n', '3 done\n', '5 done\n']);
});
