import { masked, maskSecrets } from '../mask-secrets.ts';

export interface MaskedBody {
  /** What may be shown. */
  readonly text: string;
  /** Whether the bytes were UTF-8; else `text` has replacement characters. */
  readonly isUtf8: boolean;
  /** Whether `text` is not what came, because secrets were masked: then it is written anew, as compact JSON. */
  readonly isMasked: boolean;
}

/** Turn received bytes into text without the secrets of `metadata.webhook.*` events. */
export function maskBody(body: Uint8Array): MaskedBody {
  const { text, isUtf8 } = decode(body);
  const parsed = parse(text);
  // Cut off or damaged: where a secret begins and ends cannot be told.
  if (parsed === undefined && text.includes('metadata.webhook.')) return { text: masked, isUtf8, isMasked: true };
  const shown = maskSecrets(parsed);
  if (shown === parsed) return { text, isUtf8, isMasked: false };
  const written = JSON.stringify(shown);
  // A webhook event without a secret stays as it came.
  if (written === JSON.stringify(parsed)) return { text, isUtf8, isMasked: false };
  return { text: written, isUtf8, isMasked: true };
}

function decode(body: Uint8Array): Pick<MaskedBody, 'text' | 'isUtf8'> {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body), isUtf8: true };
  } catch {
    return { text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(body), isUtf8: false };
  }
}

/** Also of what starts with a byte order mark, or is not UTF-8: secrets stay secrets. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    return undefined;
  }
}
