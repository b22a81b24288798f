import { createReceiver } from '@twenty-webhooks/core';
import { toNodeHandler } from '@twenty-webhooks/core/node';
import { startTestServer } from '@twenty-webhooks/testing';
import { expect, it, onTestFinished } from 'vitest';
import { describeInChromium, openDelivery, rows, secret, send } from './inspector-fixture.ts';

describeInChromium('replay in the inspector in Chromium', (openInspector) => {
  it('replays to a URL, with the original signature or a fresh one, and shows what came back', async () => {
    const receiver = createReceiver({ secret, on: { '*': () => {} }, logger: { warn() {}, error() {} } });
    const target = await startTestServer(toNodeHandler(receiver));
    onTestFinished(() => target.close());
    const { page, listen, complaints } = await openInspector();
    await send(listen, 'person.created', { timestamp: Date.now() - 3_600_000 });
    await openDelivery(page, 1);
    await page.getByRole('button', { name: 'Replay …' }).click();
    const dialog = page.getByRole('dialog');
    const url = dialog.getByRole('textbox', { name: 'URL' });
    expect(await url.inputValue()).toBe('');
    // It has the focus.
    await page.keyboard.insertText(`${target.origin.replace('//', '//ada:hunter2@')}/webhooks/twenty`);
    await page.keyboard.press('Enter');
    await dialog.getByText(/^= 401 · [\d.]+ m?s$/).waitFor();
    expect(await dialog.textContent()).toMatch(/refuses this delivery too.*TIMESTAMP_TOO_OLD/);
    await dialog.getByRole('radio', { name: 'freshly signed' }).check();
    await dialog.getByRole('button', { name: 'Send' }).click();
    await dialog.getByText(/^✓ 200 · [\d.]+ m?s$/).waitFor();
    expect(await dialog.textContent()).toMatch(/[\d.]+ m?s of the 5 s that Twenty waits.*"status":"handled"/);
    await url.fill('http://user@localhost:nowhere');
    await dialog.getByRole('button', { name: 'Send' }).click();
    expect(await url.evaluate((field: HTMLInputElement) => field.validity.valid)).toBe(false);
    await url.fill('ftp://127.0.0.1/');
    await dialog.getByRole('button', { name: 'Send' }).click();
    await dialog.locator('p.bad').waitFor();
    // The browser's own word for the answer to that.
    expect(complaints.splice(0)).toEqual([expect.stringContaining('400 (Bad Request)')]);
    await page.keyboard.press('Escape');
    await page.keyboard.press('r');
    expect(await url.inputValue()).toBe(`${target.origin}/webhooks/twenty`);
    expect(await page.evaluate(() => JSON.stringify(localStorage))).not.toContain('hunter2');
    // What is replayed stays, whatever becomes of the list.
    await fetch(`${listen.origin}/_inspector/deliveries`, { method: 'DELETE' });
    await expect.poll(() => rows(page).count()).toBe(0);
    await dialog.getByRole('button', { name: 'Send' }).click();
    await dialog.getByText('There is no such delivery, or no more').waitFor();
    complaints.length = 0;
  });

  it('signs nothing and calls nothing genuine where there is no secret, and starts with the URL of --forward', async () => {
    const target = await startTestServer((request, response) => {
      request.resume();
      response.end();
    });
    onTestFinished(() => target.close());
    const forwardUrl = new URL('/hook', target.origin);
    const { page, listen, complaints } = await openInspector({
      secrets: undefined,
      forwardUrl,
      hash: '#delivery=999',
    });
    await send(listen, 'person.created');
    await page.getByText('unsigned: nothing is verified').waitFor();
    await page.getByText('There is no such delivery').waitFor();
    await page.keyboard.press('r');
    await page.getByText('Choose a delivery to replay first').waitFor();
    await page.evaluate(() => localStorage.setItem('twenty-webhooks.replay-url', 'http://127.0.0.1/last-time'));
    await openDelivery(page, 1);
    expect(await page.locator('dialog').count()).toBe(0);
    expect(await page.locator('.banner').textContent()).toMatch(/^\?Taken without a check/);
    await page.getByRole('button', { name: 'Replay …' }).click();
    const dialog = page.getByRole('dialog');
    expect(await dialog.getByRole('radio', { name: 'freshly signed' }).isDisabled()).toBe(true);
    await dialog.getByText('listen runs without a secret').waitFor();
    expect(await dialog.getByRole('textbox', { name: 'URL' }).inputValue()).toBe(forwardUrl.href);
    expect(complaints.filter((text) => !text.includes('404 (Not Found)'))).toEqual([]);
    complaints.length = 0;
  });
});
