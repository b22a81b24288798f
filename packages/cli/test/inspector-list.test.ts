import { sampleEvent, signDelivery } from '@twenty-webhooks/testing';
import type { Route } from 'playwright-core';
import { expect, it } from 'vitest';
import { ada, deliver, describeInChromium, detailOf, openDelivery, rows, secret, send } from './inspector-fixture.ts';

describeInChromium('the list of the inspector in Chromium', (openInspector) => {
  it('tells how to send a first delivery, then shows each as it comes, newest first, and forgets them all', async () => {
    const { page, listen } = await openInspector();
    await page.getByRole('heading', { name: 'No delivery yet' }).waitFor();
    const command = `npx twenty-webhooks send person.created --to ${listen.receiveUrl}`;
    expect(await page.locator('.command code').textContent()).toBe(command);
    const repeated = signDelivery(sampleEvent('company.updated', { overrides: { record: { name: 'Engines' } } }), {
      secret,
    });
    await send(listen, 'person.created', { record: ada });
    await deliver(listen, repeated.headers, repeated.body);
    await deliver(listen, repeated.headers, repeated.body);
    await send(listen, 'person.updated', { record: ada, signWith: 'another secret' });
    await deliver(listen, {}, new TextEncoder().encode('no JSON'));
    await expect.poll(() => rows(page).count()).toBe(5);
    const time = /\d\d:\d\d:\d\d/.source;
    const shown = [
      `✗ POST /webhooks/twenty ${time} SIGNATURE_MISSING`,
      `✗ person.updated ${time} SIGNATURE_MISMATCH Ada Lovelace`,
      `= company.updated ${time} duplicate Engines`,
      `✓ company.updated ${time} accepted Engines`,
      `✓ person.created ${time} accepted Ada Lovelace`,
    ];
    for (const [index, text] of (await rows(page).allTextContents()).entries()) {
      expect(text).toMatch(new RegExp(`^${shown[index]}\\s*$`));
    }
    expect(await page.getByRole('heading', { name: 'No delivery yet' }).count()).toBe(0);
    expect(await rows(page).first().locator('time').getAttribute('title')).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(await rows(page).nth(1).getAttribute('aria-posinset')).toBe('2');
    expect(await rows(page).nth(1).getAttribute('aria-setsize')).toBe('5');
    // A screen reader clicks without a button; a mouse leaves the focus to the list.
    await page.locator('#delivery-2').evaluate((row: HTMLElement) => row.click());
    await detailOf(page, 2);
    await openDelivery(page, 1);
    expect(await page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('listbox');

    // All is forgotten, but only when that is confirmed; other pages hear of it.
    const other = await page.context().newPage();
    await other.goto(listen.origin);
    await expect.poll(() => rows(other).count()).toBe(5);
    // One in the background draws seldom.
    await page.bringToFront();
    await page.getByRole('button', { name: 'Clear all' }).click();
    await page.getByRole('button', { name: 'Keep them' }).click();
    await expect.poll(() => page.locator('dialog').count()).toBe(0);
    expect(await rows(page).count()).toBe(5);
    await page.getByRole('button', { name: 'Clear all' }).click();
    await page.getByRole('button', { name: 'Forget all' }).click();
    await page.getByRole('heading', { name: 'No delivery yet' }).waitFor();
    await other.getByRole('heading', { name: 'No delivery yet' }).waitFor();
    expect(await page.locator('article').count()).toBe(0);
    await page.reload();
    await page.getByRole('heading', { name: 'No delivery yet' }).waitFor();
  });

  it('keeps what you look at where it is when others come, and says how many there are', async () => {
    const { page, listen } = await openInspector();
    for (let count = 0; count < 40; count += 1) await send(listen, 'person.created');
    // All of them: one that comes later would count as new.
    await page.getByText('40 of 40').waitFor();
    await page.mouse.move(200, 500);
    await page.mouse.wheel(0, 500);
    const place = async (): Promise<string> =>
      page.evaluate(() => {
        const list = document.querySelector('.list')?.getBoundingClientRect();
        const row = list && document.elementFromPoint(200, list.top + 200)?.closest('.row');
        return `${row?.id} at ${row?.getBoundingClientRect().top}`;
      });
    await expect.poll(() => page.evaluate(() => document.querySelector('.list')?.scrollTop)).toBe(500);
    const before = await place();
    expect(before).toMatch(/^delivery-\d+ at/);
    for (let count = 0; count < 3; count += 1) await send(listen, 'company.created');
    await page.getByRole('button', { name: '3 new' }).waitFor();
    expect(await place()).toBe(before);
    await page.getByRole('button', { name: '3 new' }).click();
    await expect.poll(() => page.getByRole('button', { name: /new$/ }).count()).toBe(0);
    expect(await page.evaluate(() => document.querySelector('.list')?.scrollTop)).toBe(0);
  });

  it('searches the list at once and the bodies after it, filters, and keeps all of it over a reload', async () => {
    const { page, listen } = await openInspector();
    await send(listen, 'person.created', { record: { ...ada, jobTitle: 'Countess' } });
    await send(listen, 'company.created', { record: { name: 'Engines' } });
    await send(listen, 'company.updated', { record: { name: 'Engines' }, signWith: 'another secret' });
    const shown = page.getByRole('status').filter({ hasText: ' of ' });
    await shown.getByText('3 of 3').waitFor();
    const search = page.getByRole('searchbox');
    await search.fill('engines created');
    await shown.getByText('1 of 3').waitFor();
    expect(await rows(page).textContent()).toContain('company.created');
    // Only in a body.
    await search.fill('counTESS');
    await expect.poll(() => rows(page).allTextContents()).toEqual([expect.stringContaining('Ada Lovelace')]);
    await send(listen, 'note.created', { record: { title: 'x', more: 'the Countess' } });
    await shown.getByText('2 of 4').waitFor();
    await search.fill('nowhere');
    await page.getByText('No delivery fits.').waitFor();
    await page.getByRole('button', { name: 'Show all' }).click();
    await shown.getByText('4 of 4').waitFor();

    await page.getByText('refused', { exact: true }).click();
    await shown.getByText('1 of 4').waitFor();
    await page.getByText('genuine', { exact: true }).click();
    await page.getByRole('combobox', { name: 'Event' }).selectOption('company.created');
    await search.fill('engine');
    await shown.getByText('1 of 4').waitFor();
    await openDelivery(page, 2);
    await page.reload();
    await detailOf(page, 2);
    await shown.getByText('1 of 4').waitFor();
    expect(await search.inputValue()).toBe('engine');
    expect(await page.getByRole('radio', { name: 'genuine' }).isChecked()).toBe(true);
    expect(await page.getByRole('combobox', { name: 'Event' }).inputValue()).toBe('company.created');
    expect(await rows(page).first().getAttribute('aria-selected')).toBe('true');
  });

  it('lets a search end that others come into, and gives up one whose text is typed over', async () => {
    const { page, listen } = await openInspector();
    await send(listen, 'person.created', { record: { ...ada, jobTitle: 'Countess' } });
    await page.getByText('1 of 1').waitFor();
    const held: Route[] = [];
    await page.route('**/search?*', (route) => held.push(route));
    const stopped: string[] = [];
    page.on('requestfailed', (request) => stopped.push(request.url()));
    await page.getByRole('searchbox').fill('nowhere');
    await expect.poll(() => held.length).toBe(1);
    await page.getByRole('searchbox').fill('countess');
    await expect.poll(() => stopped).toEqual([expect.stringContaining('nowhere')]);
    await expect.poll(() => held.length).toBe(2);
    for (let count = 0; count < 4; count += 1) {
      await send(listen, 'company.created', { record: { name: `Countess ${count}` } });
      // More than the pause between two searches, in all.
      await page.waitForTimeout(300);
    }
    expect([held.length, stopped.length]).toEqual([2, 1]);
    await held[1]?.continue();
    await page.getByText('5 of 5').waitFor();
    expect(await page.getByText('searching bodies').count()).toBe(0);
  });
});
