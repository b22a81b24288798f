import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { describeInChromium, detailOf, openDelivery, rows, send } from './inspector-fixture.ts';

describeInChromium('the inspector by keyboard, in themes and small windows in Chromium', (openInspector) => {
  /** What has the focus, in a word. */
  const focused = (page: Page): Promise<string> =>
    page.evaluate(() => {
      const { activeElement: element } = document;
      return element?.getAttribute('aria-label') ?? element?.getAttribute('type') ?? element?.tagName ?? '';
    });
  const selected = (page: Page): Promise<string | null> =>
    page.locator('[role=option][aria-selected=true]').getAttribute('id');

  it('does everything by keys', async () => {
    const { page, listen } = await openInspector();
    for (let count = 0; count < 30; count += 1) await send(listen, 'person.created');
    await page.getByText('30 of 30').waitFor();
    const pages = await page.evaluate(() => history.length);
    await page.keyboard.press('j');
    await expect.poll(() => selected(page)).toBe('delivery-30');
    await page.keyboard.press('j');
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => selected(page)).toBe('delivery-28');
    await page.keyboard.press('k');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('k');
    await expect.poll(() => selected(page)).toBe('delivery-30');
    await page.keyboard.press('G');
    await expect.poll(() => selected(page)).toBe('delivery-1');
    await page.keyboard.press('PageUp');
    await expect.poll(() => selected(page)).toMatch(/^delivery-(9|1\d)$/);
    await page.keyboard.press('g');
    await expect.poll(() => selected(page)).toBe('delivery-30');
    await page.keyboard.press('Enter');
    await expect.poll(() => focused(page)).toBe('Delivery in detail');
    await detailOf(page, 30);
    // There arrows scroll the detail.
    await page.keyboard.press('ArrowDown');
    expect(await selected(page)).toBe('delivery-30');
    await page.keyboard.press('Escape');
    await expect.poll(() => focused(page)).toBe('Deliveries, newest first');
    expect(await page.getByRole('listbox').getAttribute('aria-activedescendant')).toBe('delivery-30');

    await page.keyboard.press('/');
    await expect.poll(() => focused(page)).toMatch(/^Search/);
    await page.keyboard.type('jkrc?g/');
    expect(await page.getByRole('searchbox').inputValue()).toBe('jkrc?g/');
    expect(await page.locator('dialog').count()).toBe(0);
    await page.getByRole('searchbox').fill('');
    await page.keyboard.press('Escape');
    await expect.poll(() => focused(page)).toBe('Deliveries, newest first');
    await page.keyboard.press('f');
    await expect.poll(() => focused(page)).toBe('radio');
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => page.getByRole('radio', { name: 'genuine' }).isChecked()).toBe(true);
    await page.keyboard.press('Escape');

    // No step of it is one of the browser's "back".
    expect(await page.evaluate(() => history.length)).toBe(pages);
    expect(await page.evaluate(() => location.hash)).toBe('#delivery=30&verdict=genuine');

    // Of an input method that makes a character of several keys.
    await page.evaluate(() => {
      const event = new KeyboardEvent('keydown', { key: 'j', isComposing: true, bubbles: true });
      document.activeElement?.dispatchEvent(event);
    });
    await page.keyboard.press('Control+j');
    await page.keyboard.press('Alt+j');
    expect(await selected(page)).toBe('delivery-30');
    await page.keyboard.press('r');
    await page.getByRole('dialog', { name: 'Replay delivery #30' }).waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('dialog').count()).toBe(0);
    await expect.poll(() => focused(page)).toBe('Deliveries, newest first');

    await page.keyboard.press('?');
    const keys = page.getByRole('dialog', { name: 'Keys' });
    await keys.getByText('copy as curl').waitFor();
    await page.keyboard.press('j');
    expect(await selected(page)).toBe('delivery-30');
    await keys.getByRole('checkbox').uncheck();
    await page.keyboard.press('Escape');
    await page.keyboard.press('j');
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => selected(page)).toBe('delivery-29');
  });

  it('reaches every control by Tab, in the order of the page, and shows where the focus is', async () => {
    const { page, listen } = await openInspector();
    await send(listen, 'person.created');
    await openDelivery(page, 1);
    await page.reload();
    await detailOf(page, 1);
    await page.getByText('1 of 1').waitFor();
    const stops: string[] = [];
    for (let pressed = 0; pressed < 14; pressed += 1) {
      await page.keyboard.press('Tab');
      stops.push(
        await page.evaluate(() => {
          const element = document.activeElement ?? document.body;
          const shown = element.matches('.hidden') ? (element.nextElementSibling ?? element) : element;
          const ring = getComputedStyle(shown).outlineStyle === 'none' ? ' without a ring' : '';
          const label = element.getAttribute('aria-label') ?? element.closest('label')?.textContent;
          return `${label ?? element.textContent}${ring}`;
        }),
      );
    }
    expect(stops).toEqual([
      'Copy the URL that receives',
      'Theme: auto',
      'Keys',
      'Search deliveries, bodies and headers too',
      'all',
      'Event',
      'Clear all',
      'Deliveries, newest first',
      'Delivery in detail',
      'Copy as curl',
      'Replay …',
      'Pretty',
      'Raw',
      'Copy the body',
    ]);
  });

  it('is dark or light as the system is, or as it was told, also after a reload, or in colours of the reader', async () => {
    const { page, listen } = await openInspector({ context: { colorScheme: 'dark' } });
    const brightness = (): Promise<number> =>
      page.evaluate(() => Number(getComputedStyle(document.documentElement).backgroundColor.match(/\d+/)?.[0]));
    expect(await brightness()).toBeLessThan(50);
    await page.emulateMedia({ colorScheme: 'light' });
    expect(await brightness()).toBeGreaterThan(200);
    await page.getByRole('button', { name: 'Theme: auto' }).click();
    await page.getByRole('button', { name: 'Theme: light' }).click();
    await page.getByRole('button', { name: 'Theme: dark' }).waitFor();
    expect(await brightness()).toBeLessThan(50);
    await page.reload();
    await page.getByRole('button', { name: 'Theme: dark' }).waitFor();
    expect(await brightness()).toBeLessThan(50);
    // Colours of the reader's own: what is chosen is still told apart.
    for (const name of ['person.created', 'company.created']) await send(listen, name);
    await openDelivery(page, 1);
    await page.emulateMedia({ forcedColors: 'active' });
    const backgrounds = (selector: string): Promise<readonly string[]> =>
      page.locator(selector).evaluateAll((all) => all.map((one) => getComputedStyle(one).backgroundColor));
    for (const selector of ['.row', '.segment', '.section-tools button[aria-pressed]']) {
      expect(new Set(await backgrounds(selector)).size, selector).toBe(2);
    }
  });

  it('shows one pane in a narrow window, with a way back', async () => {
    const { page, listen } = await openInspector({ context: { viewport: { width: 400, height: 700 } } });
    await page.getByRole('heading', { name: 'No delivery yet' }).waitFor();
    await send(listen, 'person.created');
    await send(listen, 'company.created');
    const list = page.getByRole('listbox');
    await expect.poll(() => rows(page).count()).toBe(2);
    expect(await page.getByRole('main').count()).toBe(1);
    expect(await page.getByLabel('Delivery in detail').isVisible()).toBe(false);
    await page.keyboard.press('j');
    await expect.poll(() => selected(page)).toBe('delivery-2');
    expect(await list.isVisible()).toBe(true);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'company.created' }).waitFor();
    expect(await list.isVisible()).toBe(false);
    await page.getByRole('button', { name: '← List' }).click();
    await list.waitFor();
    await expect.poll(() => focused(page)).toBe('Deliveries, newest first');
    await rows(page).last().click();
    await page.getByRole('heading', { name: 'person.created' }).waitFor();
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBe(400);
  });
});
