import { existsSync } from 'node:fs';
import { describeWith, findProgram, makeTemporaryFolder } from '@twenty-webhooks/services';
import { type JsonObject, sampleEvent, signDelivery } from '@twenty-webhooks/testing';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, vi } from 'vitest';
import { type ListenOptions, type RunningListen, startListen } from '../src/listen/start-listen.ts';
import { launchChromium } from './launch-chromium.ts';

export const secret = 'only for tests';

/** Describe tests of the page, with one browser for all of them. They open the page with what `suite` is given. */
export function describeInChromium(
  name: string,
  suite: (open: (options?: OpenInspectorOptions) => Promise<OpenedInspector>) => void,
): void {
  describeWith(findProgram('chromium'), name, (executablePath) => {
    let browser: Browser;
    // A browser beside three other workers is several times slower than alone.
    vi.setConfig({ testTimeout: 60_000 });
    beforeAll(async () => {
      requireBuiltPage();
      browser = await launchChromium(executablePath);
    });
    afterAll(() => browser?.close());
    suite((options) => openInspector(browser, options));
  });
}

/** The page is built, not run from its sources. */
function requireBuiltPage(): void {
  if (existsSync(new URL('../dist/inspector/inspector.js', import.meta.url))) return;
  throw new Error('The page is not built: run "npx -y pnpm@10.34.8 build" first');
}

export interface OpenedInspector {
  readonly page: Page;
  readonly listen: RunningListen;
  readonly folder: string;
  /** Faults of the page, as the browser sees them: the test fails if there is one at its end. */
  readonly complaints: string[];
}

export interface OpenInspectorOptions
  extends Partial<Pick<ListenOptions, 'secrets' | 'forwardUrl' | 'folder' | 'keep' | 'port'>> {
  readonly context?: BrowserContextOptions;
  /** What the address says after `#`. */
  readonly hash?: string;
  /** Before the page is opened. */
  readonly prepare?: (page: Page, listen: RunningListen) => Promise<unknown>;
}

/**
 * Start `listen` and open its page in a context of its own, which can reach nothing else. Both end with the test, and it
 * fails if the page asked for anything elsewhere, broke its content security policy, opened a dialog, or threw.
 */
async function openInspector(browser: Browser, options: OpenInspectorOptions = {}): Promise<OpenedInspector> {
  const folder = options.folder ?? (await makeFolder());
  const { forwardUrl, keep, port = 0 } = options;
  const secrets = 'secrets' in options ? options.secrets : ([secret] as const);
  const listen = closableOnce(await startListen({ port, folder, secrets, forwardUrl, keep }));
  onTestFinished(() => listen.close());
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options.context });
  const complaints: string[] = [];
  onTestFinished(async () => {
    // The page asks again whenever it likes: what a test's own route is in the midst of fails when the context closes.
    for (const page of context.pages()) await page.unrouteAll({ behavior: 'ignoreErrors' });
    await context.close();
    expect(complaints).toEqual([]);
  });
  await context.route(
    (url) => url.origin !== listen.origin,
    (route) => {
      complaints.push(`asked for ${route.request().url()}`);
      return route.abort();
    },
  );
  const page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (line) => ['error', 'warning'].includes(line.type()) && complaints.push(line.text()));
  page.on('dialog', (dialog) => {
    complaints.push(dialog.message());
    void dialog.dismiss();
  });
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => console.error(`policy: ${event.violatedDirective}`));
  });
  await options.prepare?.(page, listen);
  await page.goto(`${listen.origin}/${options.hash ?? ''}`);
  await page.getByText('● live').waitFor();
  return { page, listen, folder, complaints };
}

/** A test may close it before its end. */
function closableOnce(listen: RunningListen): RunningListen {
  let closed: Promise<void> | undefined;
  return {
    ...listen,
    close() {
      closed ??= listen.close();
      return closed;
    },
  };
}

export async function makeFolder(): Promise<string> {
  const folder = await makeTemporaryFolder();
  onTestFinished(() => folder.remove());
  return folder.path;
}

export interface SendOptions {
  readonly record?: JsonObject;
  readonly updatedFields?: readonly string[];
  /** @default the right one */
  readonly signWith?: string;
  readonly timestamp?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Send one delivery. @param event its name, or the whole body */
export async function send(to: RunningListen, event: string | JsonObject, options: SendOptions = {}): Promise<string> {
  const { record, updatedFields, signWith = secret, timestamp, headers } = options;
  const overrides = { ...(record && { record }), ...(updatedFields && { updatedFields }) };
  const body = typeof event === 'string' ? sampleEvent(event, { overrides }) : event;
  const signed = signDelivery(body, { secret: signWith, timestamp });
  await deliver(to, { ...signed.headers, ...headers }, signed.body);
  return new TextDecoder().decode(signed.body);
}

export async function deliver(
  to: RunningListen,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array<ArrayBuffer>,
): Promise<void> {
  const answer = await fetch(to.receiveUrl, { method: 'POST', headers, body });
  await answer.arrayBuffer();
}

export const rows = (page: Page): Locator => page.getByRole('listbox').getByRole('option');

/** A section of the detail. */
export const section = (page: Page, title: string): Locator =>
  page.locator('article section').filter({ has: page.getByRole('heading', { name: title, exact: true }) });

/** Choose a delivery in the list, and wait until the detail shows it. */
export async function openDelivery(page: Page, id: number): Promise<void> {
  await page.locator(`#delivery-${id}`).click();
  await detailOf(page, id);
}

/** Wait until the detail shows this delivery. */
export async function detailOf(page: Page, id: number): Promise<void> {
  await page.locator('article[aria-busy=false] .detail-names', { hasText: `#${id}` }).waitFor();
}

export const ada: JsonObject = {
  id: '6f1d8f0e-6a53-4d0b-9a3f-0d5c2f1b7a10',
  name: { firstName: 'Ada', lastName: 'Lovelace' },
};
