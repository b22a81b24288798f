import { createReceiver } from '@twenty-webhooks/core';
import { toNodeHandler } from '@twenty-webhooks/core/node';
import { describeWith, findProgram } from '@twenty-webhooks/services';
import { sampleEvent, signDelivery, startTestServer } from '@twenty-webhooks/testing';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import {
  ada,
  deliver,
  detailOf,
  openDelivery,
  openInspector,
  requireBuiltPage,
  rows,
  secret,
  section,
  send,
} from './inspector-fixture.ts';
import { launchChromium } from './launch-chromium.ts';

describeWith(findProgram('chromium'), 'a delivery in the inspector in Chromium', (executablePath) => {
  let browser: Browser;
  beforeAll(async () => {
    requireBuiltPage();
    browser = await launchChromium(executablePath);
  });
  afterAll(() => browser?.close());

  it('shows why it was refused and what to do, its headers, and its body as it came', async () => {
    const { page, listen } = await openInspector(browser);
    const body = await send(listen, 'person.updated', {
      signWith: 'another secret',
      headers: { 'X-Odd-Header': 'odd value' },
    });
    await openDelivery(page, 1);
    const banner = page.locator('.banner');
    expect(await banner.textContent()).toMatch(/✗Refused: SIGNATURE_MISMATCH.+secret.+twenty-webhooks verify/);
    const headers = await section(page, 'Headers').locator('tr').allTextContents();
    expect(headers.join('\n')).toMatch(/x-odd-headerodd value/i);
    expect(headers.join('\n')).toMatch(/x-twenty-webhook-timestamp\d{13}\d{4}-.+Z, \d+ ms before it came/i);
    const bodySection = section(page, 'Body');
    expect(await bodySection.locator('.json-line').count()).toBe(
      JSON.stringify(JSON.parse(body), undefined, 2).split('\n').length,
    );
    expect(await bodySection.locator('.json-key', { hasText: '"eventName"' }).count()).toBe(1);
    await bodySection.getByRole('button', { name: 'Raw' }).click();
    expect(await bodySection.locator('pre').textContent()).toBe(body);
  });

  it('marks the fields that changed, and compares with the version before, past deliveries that are not genuine', async () => {
    const { page, listen } = await openInspector(browser);
    const record = { ...ada, jobTitle: 'Translator', city: 'London' };
    await send(listen, 'person.created', { record });
    await send(listen, 'person.updated', { record: { ...record, jobTitle: 'Forger' }, signWith: 'another secret' });
    const now = { ...record, jobTitle: 'Countess', city: 'Ockham' };
    await send(listen, 'person.updated', { record: now, updatedFields: ['jobTitle'] });
    await openDelivery(page, 3);
    const marked = await section(page, 'Body').locator('.json-line.changed').allTextContents();
    expect(marked).toEqual([expect.stringMatching(/changed: "jobTitle": "Countess",$/)]);
    const changes = section(page, 'Changes');
    expect(await changes.textContent()).toContain('Fields that the event names as changed: jobTitle');
    const compared = (await changes.locator('tbody tr').allTextContents()).join('\n');
    expect(compared).toMatch(/^jobTitle"Translator""Countess"$/m);
    expect(compared).toMatch(/^citynot named by this event.*"London""Ockham"$/m);
    expect(compared).not.toContain('Forger');
    await changes.getByRole('button', { name: 'delivery #1' }).click();
    await detailOf(page, 1);
    expect(await section(page, 'Changes').textContent()).toContain('No earlier version');
    expect(await page.locator('#delivery-1').getAttribute('aria-selected')).toBe('true');
  });

  it('masks secrets and says so', async () => {
    const { page, listen } = await openInspector(browser);
    const hidden = 'a secret that nobody may see';
    const event = sampleEvent('metadata.webhook.updated');
    const { properties } = event.event as { readonly properties: { readonly after: object } };
    await send(listen, {
      ...event,
      event: {
        ...(event.event as object),
        properties: { ...properties, after: { ...properties.after, secret: hidden } },
      },
    });
    await page.locator('#delivery-1').click();
    await page.getByText('Secrets in this body are masked').waitFor();
    await section(page, 'Body').getByRole('button', { name: 'Raw' }).click();
    expect(await page.content()).not.toContain(hidden);
    expect(await section(page, 'Body').locator('pre').textContent()).toContain('"secret":"••••••••"');
  });

  it('says what cannot be seen: no JSON, not UTF-8, a byte order mark, line breaks', async () => {
    const { page, listen } = await openInspector(browser);
    const show = async (bytes: Uint8Array<ArrayBuffer>): Promise<readonly string[]> => {
      const before = await rows(page).count();
      await deliver(listen, signDelivery(bytes, { secret }).headers, bytes);
      await expect.poll(() => rows(page).count()).toBe(before + 1);
      await openDelivery(page, before + 1);
      return section(page, 'Body').locator('.note').allTextContents();
    };
    const json = new TextEncoder().encode('{"a":1}');
    expect(await show(Uint8Array.of(...json, 10))).toEqual([expect.stringContaining('ends with a line break')]);
    expect(await show(Uint8Array.of(0xef, 0xbb, 0xbf, ...json))).toContainEqual(
      expect.stringContaining('byte order mark'),
    );
    expect(await show(Uint8Array.of(0xff, ...json))).toEqual([
      expect.stringContaining('not UTF-8'),
      'This is not JSON.',
    ]);
    expect(await show(new Uint8Array())).toEqual(['The body is empty.']);
  });

  it('shows the start of a big body, and all of it when asked', async () => {
    const { page, listen } = await openInspector(browser);
    const list = Array.from({ length: 5_000 }, (_, index) => `entry ${index}`);
    await send(listen, 'rocket.created', { record: { list } });
    await openDelivery(page, 1);
    expect(await page.locator('.json-line').count()).toBe(2_000);
    await page.getByRole('button', { name: 'Show all' }).click();
    await page.locator('.json-line', { hasText: '"entry 4999"' }).waitFor();
    expect(await page.getByRole('button', { name: 'Show all' }).count()).toBe(0);
  });

  it('copies a curl command and says so; where the clipboard is refused, it offers the text', async () => {
    const { page, listen } = await openInspector(browser, {
      context: { permissions: ['clipboard-read', 'clipboard-write'] },
    });
    await send(listen, 'person.created', { record: ada });
    await openDelivery(page, 1);
    await page.getByRole('button', { name: 'Copy as curl' }).click();
    await page.getByText('✓ Copied the curl command').waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toMatch(/^curl .*--data-binary /s);
    expect(copied).toContain(listen.receiveUrl);
    await page.evaluate(() => {
      navigator.clipboard.writeText = () => Promise.reject(new Error('refused'));
    });
    await page.keyboard.press('c');
    const field = page.getByRole('dialog').getByRole('textbox');
    await field.waitFor();
    expect(await field.inputValue()).toBe(copied);
    await expect.poll(() => page.evaluate(() => getSelection()?.toString())).toBe(copied);
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('dialog').count()).toBe(0);
  });

  it('replays to a URL, with the original signature or a fresh one, and shows what came back', async () => {
    const receiver = createReceiver({ secret, on: { '*': () => {} }, logger: { warn() {}, error() {} } });
    const target = await startTestServer(toNodeHandler(receiver));
    onTestFinished(() => target.close());
    const { page, listen, complaints } = await openInspector(browser);
    await send(listen, 'person.created', { timestamp: Date.now() - 3_600_000 });
    await openDelivery(page, 1);
    await page.getByRole('button', { name: 'Replay …' }).click();
    const dialog = page.getByRole('dialog');
    const url = dialog.getByRole('textbox', { name: 'URL' });
    expect(await url.inputValue()).toBe('');
    await url.fill(`${target.origin}/webhooks/twenty`);
    await dialog.getByRole('button', { name: 'Send' }).click();
    await dialog.getByText(/^= 401 · \d+ ms$/).waitFor();
    expect(await dialog.textContent()).toMatch(/refuses this delivery too.*TIMESTAMP_TOO_OLD/);
    await dialog.getByRole('radio', { name: 'freshly signed' }).check();
    await dialog.getByRole('button', { name: 'Send' }).click();
    await dialog.getByText(/^✓ 200 · \d+ ms$/).waitFor();
    expect(await dialog.textContent()).toMatch(/\d+ ms of the 5 s that Twenty waits.*"status":"handled"/);
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
  });

  it('signs nothing and calls nothing genuine where there is no secret, and starts with the URL of --forward', async () => {
    const target = await startTestServer((request, response) => {
      request.resume();
      response.end();
    });
    onTestFinished(() => target.close());
    const forwardUrl = new URL('/hook', target.origin);
    const { page, listen } = await openInspector(browser, { secrets: undefined, forwardUrl });
    await send(listen, 'person.created');
    await page.getByText('unsigned: nothing is verified').waitFor();
    await openDelivery(page, 1);
    expect(await page.locator('.banner').textContent()).toMatch(/^\?Taken without a check/);
    await page.getByRole('button', { name: 'Replay …' }).click();
    const dialog = page.getByRole('dialog');
    expect(await dialog.getByRole('radio', { name: 'freshly signed' }).isDisabled()).toBe(true);
    await dialog.getByText('listen runs without a secret').waitFor();
    expect(await dialog.getByRole('textbox', { name: 'URL' }).inputValue()).toBe(forwardUrl.href);
  });
});
