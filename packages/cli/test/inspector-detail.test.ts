import { sampleEvent, signDelivery, startTestServer } from '@twenty-webhooks/testing';
import { expect, it, onTestFinished } from 'vitest';
import {
  ada,
  deliver,
  describeInChromium,
  detailOf,
  openDelivery,
  rows,
  secret,
  section,
  send,
} from './inspector-fixture.ts';

describeInChromium('a delivery in the inspector in Chromium', (openInspector) => {
  it('shows why it was refused, its headers, its body as it came, what cannot be seen in it; of a big one the start', async () => {
    const { page, listen } = await openInspector();
    const body = await send(listen, 'person.updated', {
      signWith: 'another secret',
      headers: { 'X-Odd-Header': 'odd value' },
    });
    await openDelivery(page, 1);
    const banner = page.locator('.banner');
    expect(await banner.textContent()).toMatch(/✗Refused: SIGNATURE_MISMATCH.+secret.+twenty-webhooks verify/);
    const headers = await section(page, 'Headers').locator('tr').allTextContents();
    expect(headers.join('\n')).toMatch(/x-odd-headerodd value/i);
    expect(headers.join('\n')).toMatch(/x-twenty-webhook-timestamp\d{13}\d{4}-.+Z, [\d.]+ m?s before it came/i);
    const bodySection = section(page, 'Body');
    expect(await bodySection.locator('.json-line').count()).toBe(
      JSON.stringify(JSON.parse(body), undefined, 2).split('\n').length,
    );
    expect(await bodySection.locator('.json-key', { hasText: '"eventName"' }).count()).toBe(1);
    await bodySection.getByRole('button', { name: 'Raw' }).click();
    expect(await bodySection.locator('pre').textContent()).toBe(body);
    // The panes scroll, never the page.
    expect(await page.evaluate(() => document.documentElement.scrollHeight - innerHeight)).toBe(0);
    const pane = page.getByLabel('Delivery in detail');
    await pane.evaluate((element) => element.scrollTo(0, 1_000));
    expect(await pane.evaluate((element) => element.scrollTop)).toBeGreaterThan(0);

    const show = async (bytes: Uint8Array<ArrayBuffer>): Promise<readonly string[]> => {
      const before = await rows(page).count();
      await deliver(listen, signDelivery(bytes, { secret }).headers, bytes);
      await expect.poll(() => rows(page).count()).toBe(before + 1);
      await openDelivery(page, before + 1);
      return section(page, 'Body').locator('.note').allTextContents();
    };
    const json = new TextEncoder().encode('{"a":1}');
    expect(await show(Uint8Array.of(...json, 10))).toEqual([expect.stringContaining('ends with a line break')]);
    expect(await pane.evaluate((element) => element.scrollTop)).toBe(0);
    expect(await show(Uint8Array.of(0xef, 0xbb, 0xbf, ...json))).toContainEqual(
      expect.stringContaining('byte order mark'),
    );
    expect(await show(Uint8Array.of(0xff, ...json))).toEqual([
      expect.stringContaining('not UTF-8'),
      'This is not JSON.',
    ]);
    expect(await show(new Uint8Array())).toEqual(['The body is empty.']);

    const list = Array.from({ length: 5_000 }, (_, index) => `entry ${index}`);
    await send(listen, 'rocket.created', { record: { list } });
    await openDelivery(page, 6);
    expect(await page.locator('.json-line').count()).toBe(2_000);
    await page.getByRole('button', { name: 'Show more' }).click();
    await page.locator('.json-line', { hasText: '"entry 4999"' }).waitFor();
    expect(await page.getByRole('button', { name: 'Show more' }).count()).toBe(0);
  });

  it('marks the fields that changed, and compares with the version before, past deliveries that are not genuine', async () => {
    const { page, listen } = await openInspector();
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

    // Much of it is cut.
    const many = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`field${index}`, 'x'.repeat(2_000)]));
    await send(listen, 'person.updated', { record: { ...now, ...many }, updatedFields: Object.keys(many) });
    await openDelivery(page, 4);
    await changes.getByText('field49 and 250 more').waitFor();
    expect(await changes.locator('tbody tr').count()).toBe(200);
    expect((await changes.locator('ins').first().textContent())?.length).toBeLessThan(1_010);
  });

  it('masks secrets and says so; copies a curl command, and where the clipboard is refused, offers the text', async () => {
    const { page, listen } = await openInspector({
      context: { permissions: ['clipboard-read', 'clipboard-write'] },
    });
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

    await send(listen, 'person.created', { record: ada });
    await openDelivery(page, 2);
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

  it('says that a forward is pending, and then what the target answered and how long it took, late or not', async () => {
    let release = (): void => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const target = await startTestServer(async (request, response) => {
      request.resume();
      await released;
      response.writeHead(500).end(`{"error":"HANDLER_FAILED","more":"${'x'.repeat(400)}"}`);
    });
    onTestFinished(() => target.close());
    const { page, listen } = await openInspector({ forwardUrl: new URL('/hook', target.origin) });
    const sent = send(listen, 'person.created');
    await rows(page).getByText('→ pending …').waitFor();
    await rows(page).first().click();
    await page.getByRole('heading', { name: 'Forwarded' }).waitFor();
    // What it took here depends on how long the page took.
    let durationMs = 120;
    await page.route('**/deliveries/1', async (route) => {
      const detail = (await (await route.fetch()).json()) as { readonly forward?: object };
      const forward = detail.forward && { ...detail.forward, durationMs };
      await route.fulfill({ json: { ...detail, forward } });
    });
    release();
    await sent;
    await rows(page)
      .getByText(/^→ ✗ 500 · [\d.]+ m?s$/)
      .waitFor();
    // Whole, and not as the list has it.
    await page.locator('.answer', { hasText: 'x'.repeat(400) }).waitFor();
    expect(await page.locator('.answer').textContent()).toMatch(/✗ 500 · .*HANDLER_FAILED/);
    expect(await page.locator('.time-bar').textContent()).toMatch(/120 ms of the 5 s that Twenty waits/);
    durationMs = 5_600;
    await page.reload();
    await page.getByText('5.60 s: too late, Twenty hangs up after 5 s').waitFor();
    expect(await page.locator('.time-bar-taken.late').count()).toBe(1);
  });
});
