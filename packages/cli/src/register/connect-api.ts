import { isLoopback } from '../http/loopback.ts';
import { CommandError } from '../terminal/command-error.ts';
import { readVariables } from '../terminal/secrets.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { ApiConnection } from './api-request.ts';

export interface ConnectionOptions {
  readonly apiUrl?: string;
  readonly envFile?: string;
}

/**
 * Find where Twenty is, and the key: in the `.env` file, in the environment, the key also by asking. `known` is what the file
 * and the environment say, where it was read before.
 *
 * @throws API_URL_MISSING, API_URL_INVALID, API_KEY_MISSING, API_KEY_INVALID, ENV_FILE_UNREADABLE
 */
export async function connectApi(
  terminal: Terminal,
  { apiUrl, envFile }: ConnectionOptions,
  known: (name: string) => string | undefined = readVariables(terminal, envFile),
): Promise<ApiConnection> {
  const given = apiUrl ?? known('TWENTY_API_URL');
  if (!given) {
    throw new CommandError(
      'API_URL_MISSING',
      'Where is Twenty? Set TWENTY_API_URL, or give --api-url https://crm.example.com',
    );
  }
  const base = toRestBase(given);
  if (new URL(base).protocol === 'http:' && !isLoopback(new URL(base).hostname)) {
    terminal.note('Warning: the API key is sent without encryption, since TWENTY_API_URL begins with http://');
  }
  return { terminal, base, key: await findKey(terminal, known('TWENTY_API_KEY')?.trim()) };
}

/** `https://crm.example.com`, also with `/` or `/rest` at its end, becomes `https://crm.example.com/rest`. */
export function toRestBase(text: string): string {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : undefined;
  // What was given is not repeated: it may hold a password.
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new CommandError(
      'API_URL_INVALID',
      'TWENTY_API_URL (or --api-url) is no URL: write it like https://crm.example.com',
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new CommandError(
      'API_URL_INVALID',
      'TWENTY_API_URL must not hold a user or a password: the API key is enough.',
    );
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '').replace(/\/rest(\/webhooks)?$/, '')}/rest`;
}

async function findKey(terminal: Terminal, known: string | undefined): Promise<string> {
  const isAsked = !known && terminal.isInteractive;
  const key = isAsked ? (await terminal.askSecret('API key of Twenty (TWENTY_API_KEY)')).trim() : known;
  if (!key) {
    throw new CommandError(
      'API_KEY_MISSING',
      'No API key. Make one in Twenty under Settings > API & Webhooks and set TWENTY_API_KEY, or give -e .env.',
    );
  }
  // It has to stand in a header; a line break inside means that more than the key was copied.
  if (!/^[\x21-\x7e]+$/.test(key)) {
    throw new CommandError(
      'API_KEY_INVALID',
      'TWENTY_API_KEY holds white space or characters that no key has. Copy it again.',
    );
  }
  return key;
}
