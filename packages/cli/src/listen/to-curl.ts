import type { PassedRequest } from './pass-on.ts';

/**
 * Write a bash command that sends a request with curl: the same method, headers and bytes. Whatever is in the request,
 * bash sees text only, and nothing in it acts on the terminal into which somebody pastes it.
 */
export function toCurl(url: string, { method, headers, body }: PassedRequest): string {
  // To HEAD curl takes no body.
  const { before, data } = method === 'HEAD' ? noData : toData(body, method);
  const [target = '', fragment] = url.split('#');
  const parts = [
    `curl -i${urlOptions(url)}${methodOption(method, data !== undefined)} ${quoteLatin1(target)}`,
    // curl keeps what comes after a # to itself.
    ...(fragment === undefined ? [] : [`--request-target ${quoteLatin1(url.slice(new URL(url).origin.length))}`]),
    ...headers.flatMap(([name, value]) => (isToken(name) ? [`-H ${quoteLatin1(headerText(name, value))}`] : [])),
    ...absent(headers, body, data !== undefined),
    ...(data === undefined ? [] : [data]),
  ];
  return before + parts.join(' \\\n  ');
}

const urlOptions = (url: string): string =>
  `${/[[\]{}]/.test(url) ? ' --globoff' : ''}${/\/\.{1,2}(?![^/?#])/.test(url) ? ' --path-as-is' : ''}`;

function methodOption(method: string, hasBody: boolean): string {
  if (method === 'HEAD') return ' --head';
  return method === (hasBody ? 'POST' : 'GET') ? '' : ` -X ${quoteLatin1(method)}`;
}

interface CurlData {
  readonly before: string;
  readonly data: string | undefined;
}

function toData(body: Uint8Array, method: string): CurlData {
  if (body.length === 0) return { before: '', data: method === 'POST' ? "--data-binary ''" : undefined };
  const text = toPlainText(body);
  if (text === undefined) {
    return { before: `base64 -d <<< ${Buffer.from(body).toString('base64')} | `, data: '--data-binary @-' };
  }
  // curl takes what begins with @ for a file; an argument of a program has 128 KiB at most on Linux. `printf` is in bash.
  if (text.startsWith('@') || body.length > maxArgumentBytes) {
    return { before: `printf %s ${quote(body)} | `, data: '--data-binary @-' };
  }
  return { before: '', data: `--data-binary ${quote(body)}` };
}

/** `undefined` for bytes that are no text that can be pasted: no UTF-8, or with control characters. */
function toPlainText(body: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
    return unpastable.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

/** One word of bash. Node reads header lines as Latin-1, whatever they are: a letter is a byte. */
const quoteLatin1 = (text: string): string => quote(Buffer.from(text, 'latin1'));

function quote(bytes: Uint8Array): string {
  const text = toPlainText(bytes);
  if (text !== undefined) return `'${text.replaceAll("'", "'\\''")}'`;
  const escaped = Array.from(bytes, (byte) => {
    const character = String.fromCharCode(byte);
    return /[ -~]/.test(character) && !/['\\!]/.test(character)
      ? character
      : `\\x${byte.toString(16).padStart(2, '0')}`;
  });
  return `$'${escaped.join('')}'`;
}

/** curl takes a header without a value only with a semicolon. */
const headerText = (name: string, value: string): string => (value === '' ? `${name};` : `${name}: ${value}`);

/** Take out what curl sends by itself. */
function absent(headers: PassedRequest['headers'], body: Uint8Array, hasData: boolean): string[] {
  const names = new Set(headers.map(([name]) => name.toLowerCase()));
  const own = ['accept', 'user-agent', ...(hasData ? ['content-type'] : [])];
  // Before large bodies it asks whether they are welcome.
  if (body.length > maxArgumentBytes) own.push('expect');
  return own.filter((name) => !names.has(name)).map((name) => `-H '${name}:'`);
}

const isToken = (name: string): boolean => /^[!#$%&'*+.^_`|~0-9a-z-]+$/i.test(name);

const noData: CurlData = { before: '', data: undefined };
const maxArgumentBytes = 100_000;

// An escape sequence could end a paste and begin a command; line ends are safe within quotes.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about.
const unpastable = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/;
