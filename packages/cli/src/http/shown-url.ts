import { printable } from '../terminal/printable.ts';

/** Name a URL without user, password and query, any of which may be secret. */
export function shownUrl({ origin, pathname, search }: URL): string {
  return printable(`${origin}${pathname}${search === '' ? '' : '?…'}`);
}
