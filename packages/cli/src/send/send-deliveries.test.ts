import { startTestServer } from '@twenty-webhooks/testing';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openBodySource } from './make-delivery.ts';
import { type DeliveryReport, sendDeliveries } from './send-deliveries.ts';
import { planSend } from './send-plan.ts';

test('a delivery may take as long as the guide says, 30 seconds', async () => {
  const server = await startTestServer((request) => void request.resume());
  onTestFinished(() => server.close());
  const options = { to: server.origin, times: '1', concurrency: '1', unsigned: true };
  const plan = planSend(options, 'person.created');
  const source = await openBodySource(plan);
  const reports: DeliveryReport[] = [];
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const { signal } = new AbortController();
  const sent = sendDeliveries({ plan, source, secret: '', signal, report: (report) => void reports.push(report) });
  vi.advanceTimersByTime(29_999);
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(1);
  await sent;
  expect(reports).toMatchObject([{ failure: 'TIMEOUT', verdict: 'unanswered' }]);
});
