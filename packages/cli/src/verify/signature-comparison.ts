import type { Delivery } from './delivery.ts';
import { type Finding, macOf } from './hypothesis.ts';
import type { SignatureClaim } from './signature-claim.ts';

export interface ComparedSignature {
  readonly finding: Finding;
  readonly secretIndex: number;
}

/** See whether a signature is the right one with a few characters changed. Where they are, or what is right, is not told. */
export function compareSignature(
  claim: SignatureClaim,
  { body, timestamp }: Delivery,
  secrets: readonly string[],
): ComparedSignature | undefined {
  if (claim.algorithm !== 'sha256') return undefined;
  const message = [claim.scheme === 'timestamped' && timestamp !== undefined ? `${timestamp}:` : '', body];
  const given = claim.digest.toString('hex');
  for (const [secretIndex, key] of secrets.entries()) {
    const right = macOf('sha256', { key, message }).toString('hex');
    const count = [...right].filter((character, index) => character !== given[index]).length;
    // By chance 60 of 64 differ.
    if (count > 0 && count <= maxChanged) {
      return { finding: { cause: 'signature-altered', detail: `${count} of 64 characters` }, secretIndex };
    }
  }
  return undefined;
}

const maxChanged = 8;

/** See whether a text is the start, or the end, of the right signature. */
export function isPartOfSignature(
  text: string,
  scheme: SignatureClaim['scheme'],
  { body, timestamp }: Delivery,
  secrets: readonly string[],
): number | undefined {
  const part = text
    .replace(/^sha256=/, '')
    .trim()
    .toLowerCase();
  // Fewer digits could be right by chance.
  if (part.length < minPart || part.length >= 64) return undefined;
  const message = [scheme === 'timestamped' && timestamp !== undefined ? `${timestamp}:` : '', body];
  const index = secrets.findIndex((key) => {
    const right = macOf('sha256', { key, message }).toString('hex');
    return right.startsWith(part) || right.endsWith(part);
  });
  return index < 0 ? undefined : index;
}

const minPart = 12;
