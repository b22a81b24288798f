import { type Browser, chromium } from 'playwright-core';

/** Start a browser that talks to nobody but the pages that are opened in it. @param executablePath of Debian's `chromium` */
export function launchChromium(executablePath: string): Promise<Browser> {
  const alone = ['--disable-quic', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--no-first-run', ...alone] });
}
