import { fileURLToPath } from 'node:url';
import { masked } from '../mask-secrets.ts';
import { CommandError } from '../terminal/command-error.ts';
import { printable } from '../terminal/printable.ts';

/** Where an inbox is. */
export type InboxAddress =
  | { readonly kind: 'sqlite'; readonly path: string }
  | { readonly kind: 'postgres' | 'redis'; readonly url: URL };

/** Read what `--inbox` says: a file, or the URL of a server. @throws INBOX_INVALID, which does not repeat it */
export function toInboxAddress(text: string): InboxAddress {
  const scheme = /^([a-z]+):/i.exec(text)?.[1]?.toLowerCase();
  if (/^file:\/\//i.test(text)) return { kind: 'sqlite', path: toPath(text) };
  if (scheme === 'file' || scheme === 'sqlite')
    return { kind: 'sqlite', path: text.slice(scheme.length + 1).replace(/^\/\/(?=\/)/, '') };
  const kind = scheme === undefined ? undefined : servers.get(scheme);
  if (kind === 'redis') return { kind, url: withDatabaseNumber(toServerUrl(text)) };
  if (kind !== undefined) return { kind, url: toServerUrl(text) };
  if (text.includes('://')) {
    throw new CommandError(
      'INBOX_INVALID',
      'The inbox must be a file, or a URL that begins with postgres://, redis:// or rediss://',
    );
  }
  return { kind: 'sqlite', path: text };
}

const servers = new Map([
  ['postgres', 'postgres'],
  ['postgresql', 'postgres'],
  ['redis', 'redis'],
  ['rediss', 'redis'],
] as const) as ReadonlyMap<string, 'postgres' | 'redis'>;

function toServerUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // A password with a # or a / ends up in other parts, which are shown.
  if (url === undefined || url.hash !== '' || url.pathname.includes('@') || url.search.includes('@')) {
    throw new CommandError(
      'INBOX_INVALID',
      'The URL of the inbox cannot be read. In a password, write @ as %40, # as %23, / as %2F, ? as %3F and % as %25.',
    );
  }
  return url;
}

/** ioredis ends the process where it is no number. */
function withDatabaseNumber(url: URL): URL {
  if (/^(\/\d{0,9})?$/.test(url.pathname) && /^\d{0,9}$/.test(url.searchParams.get('db') ?? '')) return url;
  throw new CommandError(
    'INBOX_INVALID',
    'What follows the host in the URL of a Redis inbox must be the number of a database: redis://host:6379/0',
  );
}

function toPath(text: string): string {
  try {
    return fileURLToPath(text);
  } catch (cause) {
    throw new CommandError('INBOX_INVALID', `${shownPath(text)} is no path of a file`, { cause });
  }
}

/** A path where no file is: before an @ may be the password of a URL that was mistyped, after a ? as well. */
export const shownPath = (text: string): string =>
  printable(text.replace(/^.*@/s, `${masked}@`).replace(/\?.*/s, `?${masked}`));

/** An address as it may be seen: without its password and its query, which may hold one too. */
export function shownAddress(address: InboxAddress): string {
  if (address.kind === 'sqlite') return printable(address.path);
  const { protocol, username, password, host, pathname } = address.url;
  const user = username === '' && password === '' ? '' : `${username}${password === '' ? '' : `:${masked}`}@`;
  return printable(`${protocol}//${user}${host}${pathname}`);
}

/** Take what is secret in an address out of what somebody else says about it. */
export function withoutSecrets(address: InboxAddress, text: string): string {
  if (address.kind === 'sqlite') return text;
  const { password, searchParams } = address.url;
  const hidden = [password, decoded(password), ...searchParams.values()].filter((secret) => secret.length > 2);
  return hidden.reduce((clean, secret) => clean.replaceAll(secret, masked), text);
}

export const hasPassword = (address: InboxAddress): boolean =>
  address.kind !== 'sqlite' && (address.url.password !== '' || /pass/i.test(address.url.search));

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
