import { masked } from '../mask-secrets.ts';
import { CommandError } from '../terminal/command-error.ts';
import { printable } from '../terminal/printable.ts';

/** Read where deliveries are to go, without a fragment, which is never sent. @throws URL_INVALID */
export function toTargetUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    // Before an @ there may be a password.
    const shown = printable(text.replace(/^.*@/, `${masked}@`));
    throw new CommandError(
      'URL_INVALID',
      `"${shown}" is no URL: write it like https://app.example.com/webhooks/twenty`,
    );
  }
  url.hash = '';
  return url;
}

/**
 * What two spellings of one URL have in common: scheme and host in lower case, no default port, dot segments resolved, no
 * fragment, no slash at the end of the path. The query stays.
 */
export function normaliseUrl(text: string): string {
  // Twenty keeps whatever it was given.
  if (!URL.canParse(text)) return text;
  const url = new URL(text);
  url.hash = '';
  url.pathname = url.pathname.replace(/\/+$/, '').replace(/%[0-9a-f]{2}/gi, (code) => code.toUpperCase());
  return url.href;
}

/** The password of a URL, as it stands there and as it is meant. */
export function passwordForms(text: string): readonly string[] {
  const password = URL.canParse(text) ? new URL(text).password : '';
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password];
  }
}

/** A URL as it may be seen: without its password. */
export function shownTarget(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // `ada:secret@host` is a URL with the scheme "ada".
  if (url === undefined || !/^https?:$/.test(url.protocol)) return printable(text.replace(/^.*@/, `${masked}@`));
  const { password } = url;
  if (password === '') return printable(url.href);
  url.password = 'hidden';
  return printable(url.href.replace(':hidden@', `:${masked}@`));
}
