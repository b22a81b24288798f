import { maskSecretsOfText } from '../mask-secrets.ts';

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
  const shown = maskSecretsOfText(text);
  return { text: shown, isUtf8, isMasked: shown !== text };
}

function decode(body: Uint8Array): Pick<MaskedBody, 'text' | 'isUtf8'> {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body), isUtf8: true };
  } catch {
    return { text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(body), isUtf8: false };
  }
}
