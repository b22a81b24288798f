import { describeWith, findProgram } from '@twenty-webhooks/services';
import { startSlackStandIn } from '@twenty-webhooks/slack-notify/dev/slack-stand-in';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchChromium } from '../src/launch-chromium.ts';

describeWith(findProgram('chromium'), 'the page of the stand-in of Slack', (executablePath) => {
  let browser: Browser;
  let slack: Awaited<ReturnType<typeof startSlackStandIn>>;
  let page: Page;
  const complaints: string[] = [];
  beforeAll(async () => {
    slack = await startSlackStandIn();
    browser = await launchChromium(executablePath);
    page = await browser.newPage();
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (line) => line.type() === 'error' && complaints.push(line.text()));
    page.on('dialog', (dialog) => {
      complaints.push(dialog.message());
      void dialog.dismiss();
    });
    await page.goto(slack.origin);
  });
  afterAll(async () => {
    await browser?.close();
    await slack?.close();
  });

  async function post(text: string, blocks: readonly object[] = []): Promise<void> {
    const body = new URLSearchParams({ channel: slack.channel, text, blocks: JSON.stringify(blocks) });
    const headers = { authorization: `Bearer ${slack.token}` };
    const answer = await fetch(`${slack.apiUrl}chat.postMessage`, { method: 'POST', headers, body });
    expect(await answer.json()).toMatchObject({ ok: true });
  }
  const mrkdwn = (text: string) => ({ type: 'mrkdwn', text });
  const last = () => page.locator('article').last();

  it('shows a message as soon as it is posted: bold text, fields, a link, without a reload', async () => {
    expect(await page.locator('#count').textContent()).toBe('No message yet');
    await post('New lead: Ada', [
      { type: 'section', text: mrkdwn('*New lead: Ada &amp; Co*') },
      { type: 'section', fields: [mrkdwn('*Email*\nada@example.com')] },
      { type: 'context', elements: [mrkdwn('<https://crm.example/object/person/1|Open in Twenty>')] },
    ]);
    await page.getByText('New lead: Ada & Co').waitFor();
    expect(await page.locator('#count').textContent()).toBe('1 message');
    expect(await last().locator('strong').allTextContents()).toEqual(['New lead: Ada & Co', 'Email']);
    const link = last().getByRole('link');
    expect(await link.textContent()).toBe('Open in Twenty');
    expect(await link.getAttribute('href')).toBe('https://crm.example/object/person/1');
  });

  it('shows a mention that got through as one, and an escaped one as text', async () => {
    await post('<!channel> and &lt;!channel&gt; and &amp;lt;!here&amp;gt;');
    await page.locator('article').nth(1).waitFor();
    expect(await last().locator('mark').allTextContents()).toEqual(['@channel']);
    expect(await last().locator('p').last().textContent()).toBe('@channel and <!channel> and &lt;!here&gt;');
  });

  it('makes nothing of a message but text: no elements, no scripts, no links of other kinds', async () => {
    const evil = '&lt;img src=x onerror=alert(1)&gt;&lt;script&gt;alert(2)&lt;/script&gt;<javascript:alert(3)|click>';
    await post(evil, [{ type: 'section', text: mrkdwn(evil) }]);
    await page.locator('article').nth(2).waitFor();
    expect(await last().locator('img, script, a').count()).toBe(0);
    expect(await last().locator('section').textContent()).toBe(
      '<img src=x onerror=alert(1)><script>alert(2)</script><javascript:alert(3)|click>',
    );
    expect(complaints).toEqual([]);
  });

  it('says that the stand-in was stopped', async () => {
    await slack.close();
    await page.locator('body.gone').waitFor();
  });
});
