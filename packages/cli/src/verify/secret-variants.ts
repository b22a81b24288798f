import type { Finding } from './hypothesis.ts';

export interface SecretVariant {
  readonly findings: readonly Finding[];
  readonly key: string | Uint8Array;
}

/** What else the secret may have been meant to be; none of them is the secret itself, none comes twice. */
export function secretVariants(secret: string): readonly SecretVariant[] {
  const variants = new Map<string, SecretVariant>();
  const add = (key: string, ...findings: readonly Finding[]): void => {
    if (key !== '' && key !== secret && !variants.has(key)) variants.set(key, { key, findings });
  };
  const outer = whiteSpaceOf(secret);
  const trimmed = secret.trim();
  // The newline alone, then all: the secret itself may end with a space.
  add(secret.replace(/\r?\n$/, ''), newline);
  add(secret.replace(/(\\r)?\\n$/, ''), {
    cause: 'secret-trailing-newline',
    detail: 'it ends with the two characters \\ and n, not with a newline',
  });
  add(trimmed, outer);
  const inner = /^(["'`“‘])(.*)["'`”’]$/s.exec(trimmed)?.[2];
  if (inner !== undefined) {
    add(inner, quoted, ...(trimmed === secret ? [] : [outer]));
    add(inner.trim(), quoted, whiteSpaceOf(inner));
  }
  add(trimmed.replace(/^["'`](?=.*[^"'`]$)|(?<=^[^"'`].*)["'`]$/s, ''), {
    ...quoted,
    detail: 'there is one on one side only',
  });
  for (const [detail, change] of alterations) add(change(trimmed), { cause: 'secret-altered', detail });
  // The sender may be the one with the mistake.
  for (const end of ['\n', '\r\n'])
    add(`${secret}${end}`, { ...newline, detail: 'the sender signs with it; yours has none' });
  for (const other of [`${secret} `, ` ${secret}`])
    add(other, { cause: 'secret-white-space', detail: 'the sender signs with it; yours has none' });
  for (const quote of ['"', "'"])
    add(`${quote}${secret}${quote}`, { cause: 'secret-quoted', detail: 'the sender signs with them; yours has none' });
  return [...variants.values(), ...decodedForms(trimmed)];
}

const newline: Finding = { cause: 'secret-trailing-newline' };
const quoted: Finding = { cause: 'secret-quoted' };

function whiteSpaceOf(secret: string): Finding {
  const starts = /^\s/.test(secret);
  const end = secret.slice(secret.trimEnd().length);
  if (!starts && /^[\r\n]+$/.test(end)) return newline;
  return {
    cause: 'secret-white-space',
    detail: `it ${starts && end !== '' ? 'starts and ends' : starts ? 'starts' : 'ends'} with it`,
  };
}

const alterations: readonly (readonly [detail: string, change: (secret: string) => string])[] = [
  ['"sha256=" before it is a part of it', (secret) => secret.replace(/^sha256=/, '')],
  [
    'a semicolon or comma behind it is a part of it',
    (secret) => secret.replace(/["'`]?[;,]+$/, '').replace(/^["'`]/, ''),
  ],
  [
    'the name of the variable is a part of it',
    (secret) => secret.replace(/^(?:export\s+)?[A-Za-z_]\w*\s*=\s*(["']?)(.*?)\1[;,]?$/s, '$2'),
  ],
  ['"Bearer" is a part of it', (secret) => secret.replace(/^Bearer\s+/i, '')],
  ['it has invisible characters', (secret) => secret.replace(/[\u200b-\u200f\u2060\ufeff\u00a0\u00ad]/g, '')],
  ['more lines than the first are a part of it', (secret) => secret.replace(/[\r\n].*/s, '')],
  ['a comment behind it is a part of it', (secret) => secret.replace(/\s+#.*$/s, '')],
  ['its letters are in the other case', (secret) => secret.toLowerCase()],
  ['its letters are in the other case', (secret) => secret.toUpperCase()],
  ['its accents are in another Unicode form', (secret) => secret.normalize('NFC')],
  ['its accents are in another Unicode form', (secret) => secret.normalize('NFD')],
  ['it is URL-encoded', (secret) => decodeUrl(secret)],
  ['it is base64 of the secret', (secret) => decodeBase64(secret)],
  ['it was decoded; the sender signs with the base64 form', (secret) => Buffer.from(secret).toString('base64')],
];

function decodeUrl(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Kubernetes shows secrets so. */
function decodeBase64(text: string): string {
  if (!isBase64(text)) return text;
  const decoded = Buffer.from(text, 'base64').toString('utf8');
  return decoded.includes('\uFFFD') ? text : decoded.trimEnd();
}

const isBase64 = (text: string): boolean => /^[\w+/-]{8,}={0,2}$/.test(text);

/** Bytes in place of the text: another way of signing. */
function decodedForms(secret: string): readonly SecretVariant[] {
  const forms: SecretVariant[] = [];
  const add = (encoding: 'hex' | 'base64'): void =>
    void forms.push({
      key: Buffer.from(secret, encoding),
      findings: [
        { cause: 'wrong-scheme', detail: `the sender decodes the secret from ${encoding}; Twenty takes it as text` },
      ],
    });
  if (/^(?:[0-9a-f]{2})+$/i.test(secret)) add('hex');
  if (isBase64(secret)) add('base64');
  return forms;
}
