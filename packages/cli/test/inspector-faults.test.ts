import { findFreePort } from '@twenty-webhooks/services';
import type { Page, Route } from 'playwright-core';
import { expect, it, onTestFinished } from 'vitest';
import { type RunningListen, startListen } from '../src/listen/start-listen.ts';
import {
  ada,
  describeInChromium,
  detailOf,
  makeFolder,
  openDelivery,
  rows,
  secret,
  section,
  send,
} from './inspector-fixture.ts';

describeInChromium('the inspector where something is broken, in Chromium', (openInspector) => {
  it('lives with records that are nested too deep to be compared, and with deliveries that cannot be shown', async () => {
    const { page, listen } = await openInspector();
    for (const deep of [1, 2]) await send(listen, 'person.updated', { record: { ...ada, deep } });
    // Deeper than the server writes it, so that every browser gives up.
    await page.route('**/deliveries/2', async (route) => {
      const text = await (await route.fetch()).text();
      const nest = (_: string, leaf: string): string => `"deep":${'['.repeat(50_000)}${leaf}${']'.repeat(50_000)}`;
      await route.fulfill({ contentType: 'application/json', body: text.replace(/"deep":(\d)/g, nest) });
    });
    await send(listen, 'company.created');
    await openDelivery(page, 2);
    await page.getByText('too deep to be compared with delivery #1').waitFor();
    await page.reload();
    await detailOf(page, 2);
    await openDelivery(page, 3);

    await page.evaluate(() => {
      Date.prototype.toLocaleString = () => {
        throw new Error('broken on purpose');
      };
    });
    await page.locator('#delivery-1').click();
    await page.getByText('a fault of the inspector: broken on purpose').waitFor();
    expect(await rows(page).count()).toBe(3);
    await page.getByRole('button', { name: 'Leave it' }).click();
    await page.getByText('Choose a delivery').waitFor();
    expect(await page.evaluate(() => location.hash)).toBe('');
  });

  it('finds the server again after it was away, with all that came meanwhile, and mixes nothing with another one', async () => {
    // Not one that the system may give to another as soon as nobody listens there.
    const { page, listen, folder, complaints } = await openInspector({ port: await findFreePort() });
    const startAgain = async (folder: string): Promise<RunningListen> => {
      const again = await startListen({ port: Number(new URL(listen.origin).port), folder, secrets: [secret] });
      onTestFinished(() => again.close().catch(() => {}));
      return again;
    };
    await send(listen, 'person.created');
    await send(listen, 'person.updated');
    await openDelivery(page, 1);
    // One answer is broken off.
    await page.route('**/deliveries/2', (route) => route.abort());
    await page.keyboard.press('k');
    await page.getByText('`listen` broke off its answer: its terminal says why').waitFor();
    await page.unroute('**/deliveries/2');
    await page.keyboard.press('j');
    await detailOf(page, 1);

    await listen.close();
    await page.getByText('○ reconnecting …').waitFor();
    await page.keyboard.press('k');
    await page.getByText('`listen` does not answer: is it still running?').waitFor();
    const again = await startAgain(folder);
    await send(again, 'company.created');
    await detailOf(page, 2);
    expect(await page.getByText('is it still running?').count()).toBe(0);
    await expect.poll(() => rows(page).count()).toBe(3);
    await send(again, 'task.created');
    await expect.poll(() => rows(page).first().textContent()).toContain('task.created');

    await again.close();
    await page.getByText('○ reconnecting …').waitFor();
    const held: Route[] = [];
    await page.route('**/deliveries/2', (route) => held.push(route));
    const other = await startAgain(await makeFolder());
    await send(other, 'note.created');
    await send(other, 'note.updated');
    await page.locator('#delivery-2', { hasText: 'note.updated' }).waitFor();
    expect(await rows(page).count()).toBe(2);
    await expect.poll(() => held.length).toBe(1);
    expect(await page.locator('article').count()).toBe(0);
    await held[0]?.continue();
    await page.getByRole('heading', { name: 'note.updated' }).waitFor();
    await page.getByText('● live').waitFor();
    expect(complaints.filter((text) => !text.includes('Failed to load resource'))).toEqual([]);
    complaints.length = 0;
    await other.close();
    complaints.length = 0;
  });

  it('follows the server only while somebody sees it, and has what came meanwhile', async () => {
    const { page, listen } = await openInspector();
    await send(listen, 'person.created');
    await expect.poll(() => rows(page).count()).toBe(1);
    const ended = page.waitForEvent('requestfailed', (request) => request.url().endsWith('/stream'));
    await turn(page, { hidden: true });
    await ended;
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await send(listen, 'company.created');
    expect([await rows(page).count(), asked]).toEqual([1, []]);
    await turn(page, { hidden: false });
    await expect.poll(() => rows(page).count()).toBe(2);
    await send(listen, 'task.created');
    await expect.poll(() => rows(page).count()).toBe(3);

    // Nothing is lost that comes while it loads the list, nothing comes back that was cleared then.
    const whileLoading = async (work: () => Promise<unknown>): Promise<void> => {
      await page.route(
        '**/deliveries?*',
        async (route) => {
          const response = await route.fetch();
          await work();
          // The stream is told before the answer.
          await page.waitForTimeout(100);
          await route.fulfill({ response });
        },
        { times: 1 },
      );
      const answered = page.waitForResponse('**/deliveries?*');
      await page.reload();
      await answered;
    };
    await whileLoading(() => send(listen, 'company.created'));
    await expect.poll(() => rows(page).count()).toBe(4);
    await whileLoading(async () => {
      await send(listen, 'task.created');
      await fetch(`${listen.origin}/_inspector/deliveries`, { method: 'DELETE' });
    });
    await page.getByRole('heading', { name: 'No delivery yet' }).waitFor();
    await send(listen, 'note.created');
    await expect.poll(() => rows(page).allTextContents()).toEqual([expect.stringContaining('note.created')]);
    expect(await section(page, 'Body').count()).toBe(0);
  });
});

/** Let the page believe that its tab is, or is no more, the one in sight. */
const turn = (page: Page, { hidden }: { readonly hidden: boolean }): Promise<void> =>
  page.evaluate((value) => {
    Object.defineProperty(document, 'hidden', { value, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);
