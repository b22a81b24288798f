import { expect, test } from 'vitest';
import { startTwentySimulator } from './start-twenty-simulator.ts';
import { startRecordingTarget } from './testdata/recording-target.ts';

// In a file, and so in a process, of its own: other tests have sockets too.
test('five simulators in a process leave no socket and no timer', async () => {
  const open = () =>
    process
      .getActiveResourcesInfo()
      .filter((kind) => /TCP|Timeout|Immediate/.test(kind))
      .sort();
  const before = open();
  const failing = await startRecordingTarget();
  failing.answerWith(() => 500);
  const twenties = await Promise.all(
    Array.from({ length: 5 }, () => startTwentySimulator({ target: failing.url, delivery: 'documented' })),
  );
  expect(new Set(twenties.map(({ origin }) => origin)).size).toBe(5);
  for (const twenty of twenties) twenty.workspace.create('person');
  await Promise.all(twenties.map((twenty) => twenty.settled()));
  expect(twenties.flatMap(({ attempts }) => attempts.map(({ status }) => status))).toEqual(Array(5).fill(500));
  expect(open()).not.toEqual(before);
  await Promise.all(twenties.map((twenty) => twenty.close()));
  await failing.close();
  await expect.poll(open).toEqual(before);
});
