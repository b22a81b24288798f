import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { sampleEvent, startTestServer } from '@twenty-webhooks/testing';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { expect, it, onTestFinished } from 'vitest';
import { ada, describeInChromium, openDelivery, rows, section, send } from './inspector-fixture.ts';

describeInChromium('the inspector against hostile text, and for everybody, in Chromium', (openInspector) => {
  it('makes nothing of a delivery but text, wherever it stands', async () => {
    const evil = '<img src=x onerror=alert(1)><script>alert(2)</script></script>"\'&amp;javascript:alert(3)';
    const target = await startTestServer((request, response) => {
      request.resume();
      response.writeHead(500, { 'content-type': 'text/html' }).end(evil);
    });
    onTestFinished(() => target.close());
    const { page, listen, complaints } = await openInspector({ forwardUrl: new URL(target.origin) });
    const elements = (): Promise<number> => page.locator('img, iframe, a, svg, object, body script, [onerror]').count();
    const record = { ...ada, name: { firstName: evil, lastName: evil }, [evil]: evil };
    const event = {
      ...sampleEvent('person.updated', { overrides: { record } }),
      updatedFields: [evil],
      [evil]: [evil],
    };
    const options = { headers: { 'x-evil': evil, 'user-agent': evil } };
    await send(listen, { ...event, eventName: 'person.created' }, options);
    await send(listen, { ...event, eventName: `${evil}.updated`, objectMetadata: { nameSingular: evil } }, options);
    await send(listen, { ...event, record: { ...record, [evil]: 'other' } }, options);
    await expect.poll(() => rows(page).count()).toBe(3);
    for (const id of [1, 2, 3]) {
      await openDelivery(page, id);
      expect(await section(page, 'Headers').textContent()).toContain(evil);
      expect(await section(page, 'Forwarded').textContent()).toContain(evil);
      expect(await section(page, 'Body').textContent()).toContain(JSON.stringify(evil));
      await section(page, 'Body').getByRole('button', { name: 'Raw' }).click();
      expect(await section(page, 'Body').locator('pre').textContent()).toContain(JSON.stringify(evil));
      expect(await elements()).toBe(0);
    }
    expect(await section(page, 'Changes').locator('tbody').textContent()).toContain(evil);
    expect(await page.locator('#delivery-1').textContent()).toContain(`${evil} ${evil}`);
    expect(await page.getByRole('combobox').textContent()).toContain(`${evil}.updated`);
    await page.getByRole('button', { name: 'Replay …' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Send' }).click();
    await page.getByRole('dialog').getByText(evil).waitFor();
    expect(await elements()).toBe(0);
    expect(complaints).toEqual([]);
    // What a target answers comes from the same origin, and runs nothing there either.
    await page.goto(listen.receiveUrl);
    await page.locator('img').waitFor({ state: 'attached' });
    expect(complaints.join('\n')).toMatch(/Blocked script execution/);
    expect(complaints.filter((text) => !/Blocked script|Content Security Policy|status of 500/.test(text))).toEqual([]);
    complaints.length = 0;
  });

  it('is one small script', () => {
    const { size } = statSync(new URL('../dist/inspector/inspector.js', import.meta.url));
    expect(size).toBeLessThan(60_000);
  });

  it('has a policy under which no script runs but its own, and takes no text of its address for more than text', async () => {
    const { page, complaints } = await openInspector({
      hash: '#q=<img src=x onerror=alert(1)>&delivery=javascript:1',
    });
    expect(await page.getByRole('searchbox').inputValue()).toBe('<img src=x onerror=alert(1)>');
    expect(await page.locator('img').count()).toBe(0);
    expect(complaints).toEqual([]);
    // Were an element ever made, it would do nothing.
    await page.evaluate(() => {
      document.body.insertAdjacentHTML(
        'beforeend',
        '<img src="data:," onerror="window.broken = true"><b onclick="window.broken = true">x</b>',
      );
      const script = document.createElement('script');
      script.textContent = 'window.broken = true';
      document.body.append(script);
      document.querySelector<HTMLElement>('b[onclick]')?.click();
    });
    await expect.poll(() => complaints.length).toBeGreaterThanOrEqual(2);
    expect(await page.evaluate(() => 'broken' in window)).toBe(false);
    expect(complaints.join('\n')).toMatch(/policy/i);
    complaints.length = 0;
  });

  it('has no serious accessibility fault, empty, full and in dialogs, in the light and in the dark', async () => {
    const target = await startTestServer((request, response) => {
      request.resume();
      response.writeHead(500).end('a fault');
    });
    onTestFinished(() => target.close());
    const forwardUrl = new URL(target.origin);
    const { page, listen } = await openInspector({ forwardUrl, context: { bypassCSP: true } });
    await page.getByRole('heading', { name: 'No delivery yet' }).waitFor();
    expect(await faults(page), 'empty').toEqual([]);
    await send(listen, 'person.created', { record: { ...ada, city: 'London' } });
    await send(listen, 'person.updated', { record: { ...ada, city: 'Ockham' }, updatedFields: ['jobTitle'] });
    await send(listen, 'person.updated', { record: ada, signWith: 'another secret' });
    await expect.poll(() => rows(page).count()).toBe(3);
    await openDelivery(page, 2);
    expect(await faults(page), 'a genuine one').toEqual([]);
    await openDelivery(page, 3);
    await section(page, 'Body').getByRole('button', { name: 'Raw' }).click();
    await page.getByRole('searchbox').fill('nowhere');
    await page.getByText('No delivery fits.').waitFor();
    expect(await faults(page), 'a refused one, raw body, no match').toEqual([]);
    await page.getByRole('searchbox').fill('');
    const dialogs = [
      ['Replay …', 'Replay delivery #3'],
      ['Keys', 'Keys'],
      ['Clear all', 'Forget all deliveries?'],
    ] as const;
    for (const [button, title] of dialogs) {
      await page.getByRole('button', { name: button }).click();
      const dialog = page.getByRole('dialog', { name: title });
      await dialog.waitFor();
      if (title.startsWith('Replay')) {
        await dialog.getByRole('button', { name: 'Send' }).click();
        await dialog.getByText('a fault').waitFor();
      }
      expect(await faults(page, 'dialog'), title).toEqual([]);
      await page.keyboard.press('Escape');
      await expect.poll(() => page.locator('dialog').count()).toBe(0);
    }
  });
});

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds serious or critical, with where: in the light, and what else there is in the dark, which is colours. */
async function faults(page: Page, within = 'html'): Promise<readonly string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe);
  const found: string[] = [];
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    const { violations, passes } = await page.evaluate(
      ([root, options]) => {
        const { axe } = window as unknown as { readonly axe: { run: (...all: unknown[]) => Promise<AxeResults> } };
        return axe.run(root, options);
      },
      [within, colorScheme === 'dark' ? { runOnly: ['color-contrast'] } : {}] as const,
    );
    expect(passes.length).toBeGreaterThan(colorScheme === 'dark' ? 0 : 10);
    found.push(
      ...violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .flatMap(({ id, nodes }) =>
          nodes.map(({ html, failureSummary }) => `${id}, ${colorScheme}: ${html} ${failureSummary}`),
        ),
    );
  }
  return found;
}
