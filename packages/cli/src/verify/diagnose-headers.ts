import { type RejectionCode, verifySignature } from '@twenty-webhooks/core';
import type { Delivery } from './delivery.ts';
import type { JudgingOptions } from './diagnose.ts';
import type { Finding } from './hypothesis.ts';
import { readSignature, type SignatureClaim } from './signature-claim.ts';
import { smallUnit } from './timestamp-variants.ts';

export interface HeaderFinding {
  readonly finding: Finding;
  /** Whether there is no need to look on. */
  readonly isFinal: boolean;
  readonly isProven: boolean;
}

/** Say what is wrong with the headers by their looks; `undefined` if their form is right. */
export async function diagnoseHeaders(
  code: RejectionCode,
  delivery: Delivery,
  options: JudgingOptions,
): Promise<HeaderFinding | undefined> {
  const { headers, body } = delivery;
  const text = headers['x-twenty-webhook-signature'];
  const plain = headers['x-twenty-signature'];
  if (code === 'SIGNATURE_MISSING') return missing(delivery);
  if (text !== undefined && plain !== undefined) {
    const isPlainRight = await verifySignature(body, headers, { secret: options.secrets, signatures: ['plain'] }).then(
      () => true,
      () => false,
    );
    if (isPlainRight && code === 'SIGNATURE_MISMATCH')
      return proven({ cause: 'forged-timestamped-beside-genuine-plain' });
  }
  const finding = malformed(text ?? plain ?? '');
  if (finding !== undefined && code.startsWith('SIGNATURE_')) return finding;
  if (code === 'TIMESTAMP_MISSING') return likely({ cause: 'timestamp-missing' });
  if (code === 'TIMESTAMP_MALFORMED') {
    const timestamp = delivery.timestamp ?? '';
    if (/^\d{9,11}\.\d+$/.test(timestamp)) return likely({ cause: 'timestamp-seconds-not-milliseconds' });
    const unit = smallUnit(timestamp);
    return likely({ cause: 'timestamp-malformed', ...(unit !== undefined && { detail: `these are ${unit}` }) });
  }
  if (code !== 'SIGNATURE_MALFORMED') return undefined;
  // Its form says what is wrong; whether that is all is for the search to find.
  return likely(formOf(text ?? plain ?? '', text === undefined ? 'plain' : 'timestamped'));
}

const proven = (finding: Finding): HeaderFinding => ({ finding, isFinal: true, isProven: true });
const likely = (finding: Finding): HeaderFinding => ({ finding, isFinal: false, isProven: false });

function missing({ headers, timestamp, nonce }: Delivery): HeaderFinding {
  const names = Object.keys(headers);
  const empty = ['x-twenty-webhook-signature', 'x-twenty-signature'].find((name) => headers[name] === '');
  if (empty !== undefined) return proven({ cause: 'signature-empty', detail: `${empty} has no value` });
  const renamed = names.find(
    (name) =>
      !(name in known) &&
      /^(http[_-])?x[_-]?twenty[_-]?(webhook[_-]?)?signature$|twenty[_-](webhook[_-])?signature$/.test(name),
  );
  if (renamed !== undefined) return proven({ cause: 'header-renamed', detail: `it is called ${renamed}` });
  const plain = headers['x-twenty-signature'];
  if (plain !== undefined) {
    const none = malformed(plain);
    if (none !== undefined) return none;
    return likely({
      cause: 'header-lost',
      detail: 'X-Twenty-Signature is there too, but where there is a timestamp the other signature decides',
    });
  }
  if (timestamp === undefined && nonce === undefined) return proven({ cause: 'signature-missing' });
  const there = [
    timestamp !== undefined && 'X-Twenty-Webhook-Timestamp',
    nonce !== undefined && 'X-Twenty-Webhook-Nonce',
  ];
  return proven({ cause: 'header-lost', detail: `${there.filter(Boolean).join(' and ')} came through` });
}

const known: Readonly<Record<string, true>> = { 'x-twenty-webhook-signature': true, 'x-twenty-signature': true };

/** Signatures that are none at first sight. */
function malformed(text: string): HeaderFinding | undefined {
  const bare = text.replace(/^[\w-]{1,20}[=:]/, '').trim();
  if (bare === 'test-signature') return proven({ cause: 'signature-of-the-guide' });
  if (/^t=\d+,\s*v\d=/.test(text))
    return proven({ cause: 'wrong-scheme', detail: 'it is written as Stripe does: t=…,v1=…' });
  if (text.includes(',')) return proven({ cause: 'signature-repeated' });
  if (/^(.{1,8}?)\1{3,}$/.test(bare) && /^[0-9a-f]+$/i.test(bare)) return proven({ cause: 'signature-placeholder' });
  return undefined;
}

function formOf(text: string, scheme: SignatureClaim['scheme']): Finding {
  const bare = text.replace(/^[\w-]{1,20}=(?=.)/, '').trim();
  const isHex = /^[0-9a-f]*$/i.test(bare);
  const [form] = readSignature(text, scheme)?.form ?? [];
  // 64 characters could be base64 too, and 32 digits an MD5; both are less likely.
  if (form !== undefined && !(isHex ? bare.length === 32 : bare.length === 64)) return form;
  if (!isHex) return { cause: 'signature-not-hex' };
  const detail = `it has ${bare.length} digits`;
  return { cause: bare.length < 64 ? 'signature-truncated' : 'signature-malformed', detail };
}
