import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { within } from './deadline.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('gives the value, also if there is none, and leaves no timer', async () => {
  expect(await within(1_000, Promise.resolve('a'))).toEqual({ value: 'a' });
  expect(await within(1_000, Promise.resolve(undefined))).toEqual({ value: undefined });
  expect(vi.getTimerCount()).toBe(0);
});

test('gives undefined when the time is up', async () => {
  const settled = vi.fn();
  const waiting = within(1_000, new Promise(() => {})).then(settled);
  await vi.advanceTimersByTimeAsync(999);
  expect(settled).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  await waiting;
  expect(settled).toHaveBeenCalledExactlyOnceWith(undefined);
});

test('passes a rejection through, and leaves no timer', async () => {
  const cause = new Error('no');
  await expect(within(1_000, Promise.reject(cause))).rejects.toBe(cause);
  expect(vi.getTimerCount()).toBe(0);
});

test('a rejection that comes too late disturbs nobody', async () => {
  let fail!: (cause: unknown) => void;
  const promise = new Promise((_, reject) => {
    fail = reject;
  });
  const waiting = within(1_000, promise);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await waiting).toBeUndefined();
  fail(new Error('late'));
  await vi.advanceTimersByTimeAsync(0);
});

test('what came while the event loop was blocked is not too late', async () => {
  vi.useRealTimers();
  const message = new MessageChannel();
  const answer = new Promise((resolve) => {
    message.port1.onmessage = ({ data }) => resolve(data);
  });
  const waiting = within(100, answer);
  // After this come the timers, and only then what has arrived.
  setImmediate(() => {
    message.port2.postMessage('a');
    const endMs = performance.now() + 300;
    while (performance.now() < endMs);
  });
  expect(await waiting).toEqual({ value: 'a' });
  message.port1.close();
});
