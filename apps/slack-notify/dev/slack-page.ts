import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import type { SlackMessage } from './slack-channel.ts';

/** Serve the page of the stand-in, and the messages that it shows. */
export function servePage(pathname: string, messages: readonly SlackMessage[], response: ServerResponse): void {
  if (pathname === '/messages') {
    // The key of an event stands in `metadata`.
    response.writeHead(200, { ...headers, 'content-type': 'application/json; charset=utf-8' });
    response.end(JSON.stringify(messages));
    return;
  }
  const [file, type] = files[pathname] ?? [];
  if (file === undefined) {
    response.writeHead(404, headers).end();
    return;
  }
  response.writeHead(200, { ...headers, 'content-type': `${type}; charset=utf-8` });
  response.end(readFileSync(new URL(`./page/${file}`, import.meta.url)));
}

const files: Readonly<Record<string, readonly [file: string, type: string]>> = {
  '/': ['index.html', 'text/html'],
  '/page.js': ['page.js', 'text/javascript'],
  '/markup.js': ['markup.js', 'text/javascript'],
  '/page.css': ['page.css', 'text/css'],
};

// What is shown comes from outside: no script but the page's own runs.
const headers = {
  'content-security-policy': "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};
