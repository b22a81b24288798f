import { expect, test } from 'vitest';
import { watchProcess } from './process-watch.ts';

test('of two that overlap each sees what happens in its time, and the last one to stop restores the console', () => {
  const before = console.log;
  const first = watchProcess();
  console.log('one');
  const second = watchProcess();
  console.log('two');
  first.stop();
  first.stop();
  console.log('three', { is: 3 });
  second.stop();
  expect([first.consoleLines, second.consoleLines]).toEqual([
    ['one', 'two'],
    ['two', 'three { is: 3 }'],
  ]);
  expect(console.log).toBe(before);
});

test('what is written as bytes is seen as text, also in two halves and in a buffer that is used again', () => {
  const watch = watchProcess();
  const bytes = Buffer.from('Zoë’s secret\n');
  process.stderr.write('text, ');
  process.stderr.write('6865782c20', 'hex');
  process.stderr.write(bytes.subarray(0, 3));
  process.stderr.write(new Uint8Array(bytes.subarray(3)));
  bytes.fill(0);
  watch.stop();
  process.stderr.write(Buffer.from('later\n'));
  expect(watch.streamText()).toBe('text, hex, Zoë’s secret\n');
});
