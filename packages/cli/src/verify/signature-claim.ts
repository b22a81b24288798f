import type { Finding } from './hypothesis.ts';

/** What a signature header says, whatever form it has. */
export interface SignatureClaim {
  readonly scheme: 'timestamped' | 'plain';
  readonly digest: Buffer;
  readonly algorithm: 'md5' | 'sha1' | 'sha256' | 'sha384' | 'sha512';
  /** What is wrong with the form, if something is. */
  readonly form: readonly Finding[];
}

/** Read a signature in any form that somebody may write one in; `undefined` if no digest can be seen in it. */
export function readSignature(text: string, scheme: SignatureClaim['scheme']): SignatureClaim | undefined {
  const [, mark = '', bare = ''] = /^\s*(0x|["'`<]?)(.*?)["'`>]?\s*$/s.exec(text) ?? [];
  const [, prefix = '', rest = ''] = /^((?:[\w-]{1,20}[=:]\s*)?)(.*)$/s.exec(bare) ?? [];
  // `=` may also end base64.
  const whole = toDigest(bare);
  const found = whole ?? toDigest(rest);
  const algorithm = found && algorithms[found.digest.length];
  if (!found || !algorithm) return undefined;
  const usedPrefix = whole === undefined ? prefix : '';
  const form: Finding[] = [];
  if (mark !== '') {
    form.push({
      cause: 'signature-malformed',
      detail: mark === '0x' ? 'there is 0x before it' : 'there are quotes or brackets around it',
    });
  }
  if (usedPrefix !== (scheme === 'plain' ? 'sha256=' : '')) {
    form.push({
      cause: 'signature-prefix-wrong',
      detail: usedPrefix === '' ? 'the prefix sha256= is missing' : 'there is a prefix that does not belong there',
    });
  }
  if (algorithm !== 'sha256') form.push({ cause: 'wrong-scheme', detail: `it was signed with ${algorithm}` });
  if (found.encoding === 'base64') form.push({ cause: 'wrong-scheme', detail: 'the signature is base64, not hex' });
  // What it was signed with says more than how it is written.
  return { scheme, digest: found.digest, algorithm, form: form.reverse() };
}

const algorithms: Readonly<Record<number, SignatureClaim['algorithm']>> = {
  16: 'md5',
  20: 'sha1',
  32: 'sha256',
  48: 'sha384',
  64: 'sha512',
};

function toDigest(text: string): { readonly digest: Buffer; readonly encoding: 'hex' | 'base64' } | undefined {
  if (/^(?:[0-9a-f]{2})+$/i.test(text)) return { digest: Buffer.from(text, 'hex'), encoding: 'hex' };
  if (!/^[\w+/-]{22,86}={0,2}$/.test(text)) return undefined;
  const digest = Buffer.from(text, 'base64');
  return algorithms[digest.length] === undefined ? undefined : { digest, encoding: 'base64' };
}
