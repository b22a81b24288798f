import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { describeSample } from '../src/describe-sample.ts';
import { startSlackNotify } from '../src/slack-notify.ts';

describeSample('slack-notify', startSlackNotify);

it('tells each of 500 events once, over duplicates, three SIGKILLs and a Slack that fails every tenth time', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'slack-notify-'));
  const sample = await startSlackNotify({ folder });
  try {
    const { simulator, slack, app } = sample;
    simulator.setFaults({ duplicate: 0.1, refanout: 0.1, shuffle: true });
    // Half of the failures come after the message is posted: the answer is lost.
    slack.setFaults({ failing: 0.05, lostAnswers: 0.05, slowMs: 5 });
    for (let burst = 0; burst < 4; burst++) {
      simulator.hold();
      sample.trigger(125);
      simulator.release();
      await simulator.settled();
      if (burst === 3) break;
      while (slack.messages.length < burst * 125 + 60) await sleep(5);
      await app.kill();
      await app.start();
    }
    const statuses = new Set(simulator.attempts.map(({ status }) => status));
    expect(statuses, 'of the deliveries').toEqual(new Set([200]));
    while (!(await sample.isAtRest())) await sleep(50);

    const announcements = sample.announcements();
    const missing = announcements.filter(({ messages }) => messages.length === 0);
    const repeats = announcements.reduce((sum, { messages }) => sum + Math.max(0, messages.length - 1), 0);
    const events = `${announcements.length} events in ${simulator.attempts.length} deliveries`;
    console.log(
      `slack-notify: ${events}, ${slack.messages.length} messages, ${missing.length} missing, ${repeats} repeated`,
    );
    expect([announcements.length, missing]).toEqual([500, []]);
    // Whatever ran when the process was killed is looked up in the channel before it is posted again.
    expect(repeats).toBe(0);
    expect(slack.messages.length).toBe(500);
  } finally {
    await sample.close();
    rmSync(folder, { recursive: true });
  }
}, 120_000);
