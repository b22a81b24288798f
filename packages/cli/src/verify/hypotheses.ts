import { type BodyVariant, bodyVariants, simpleRepairs } from './body-repairs.ts';
import type { Delivery } from './delivery.ts';
import type { Finding, Hypothesis } from './hypothesis.ts';
import { bodyAlone, schemeVariants } from './scheme-variants.ts';
import { secretVariants } from './secret-variants.ts';
import type { SignatureClaim } from './signature-claim.ts';
import { oneChange, oneChangeBytes, otherEventNames } from './tampered-bodies.ts';
import { nearTimestamps, timestampForms } from './timestamp-variants.ts';

/** Up to this size everything is tried. */
export const triedBytes: number = oneChangeBytes;

/** What may have happened to a delivery, likely things first, then two at once, then what takes long to try. */
export function* hypotheses(
  claim: SignatureClaim,
  delivery: Delivery,
  secrets: readonly string[],
): Generator<Hypothesis> {
  const { body, timestamp } = delivery;
  const isSmall = body.length <= 256 * 1024;
  const schemes = schemeVariants(claim, delivery);
  const make = (
    findings: readonly Finding[],
    secretIndex: number,
    change: Partial<Pick<Hypothesis, 'key'>> & { readonly timestamp?: string; readonly body?: Uint8Array } = {},
  ): Hypothesis => {
    const time = change.timestamp ?? timestamp;
    const isBodyAlone = claim.scheme === 'timestamped' && time === undefined;
    return {
      findings: [...(isBodyAlone ? [bodyAlone] : []), ...claim.form, ...findings],
      secretIndex,
      key: change.key ?? secrets[secretIndex] ?? '',
      message: [claim.scheme === 'timestamped' && !isBodyAlone ? `${time}:` : '', change.body ?? body],
    };
  };
  /** The body as given, and what does not take long to write. */
  const withSchemes = function* (
    secretIndex: number,
    key: string | Uint8Array,
    variant: BodyVariant,
    secretFindings: readonly Finding[] = [],
  ): Generator<Hypothesis> {
    for (const { findings, sign } of schemes) {
      yield {
        findings: [...secretFindings, ...findings, ...claim.form, ...variant.findings],
        secretIndex,
        ...sign(key, variant.body),
      };
    }
  };
  const asGiven: BodyVariant = { findings: [], body };

  // A form of signature that is not Twenty's, or a timestamp of a wrong form: the rest may be right.
  for (const index of secrets.keys()) yield make([], index);
  for (const [index, secret] of secrets.entries()) {
    for (const { findings, key } of secretVariants(secret)) yield make(findings, index, { key });
    yield* withSchemes(index, secret, asGiven);
    if (timestamp !== undefined && claim.scheme === 'timestamped') {
      for (const form of timestampForms(timestamp)) yield make([form.finding], index, { timestamp: form.timestamp });
    }
  }
  for (const { findings, body: variant } of bodyVariants(body)) {
    for (const index of secrets.keys()) yield make(findings, index, { body: variant });
  }
  for (const { findings, body: variant } of otherEventNames(body)) {
    for (const index of secrets.keys()) yield make(findings, index, { body: variant });
  }
  if (!isSmall) return;

  // Two mistakes at once.
  for (const [index, secret] of secrets.entries()) {
    const keys = secretVariants(secret);
    for (const { findings, key } of keys) {
      yield* withSchemes(index, key, asGiven, findings);
      const [form] = timestamp === undefined ? [] : [...timestampForms(timestamp)];
      if (form !== undefined && claim.scheme === 'timestamped')
        yield make([...findings, form.finding], index, { key, timestamp: form.timestamp });
    }
    for (const variant of bodyVariants(body)) {
      for (const { findings, key } of keys)
        yield make([...findings, ...variant.findings], index, { key, body: variant.body });
      yield* withSchemes(index, secret, variant);
    }
    for (const variant of simpleRepairs(body)) {
      for (const name of otherEventNames(variant.body))
        yield make([...name.findings, ...variant.findings], index, name);
    }
  }

  // One of many: what was changed is found by trying.
  for (const index of secrets.keys()) {
    if (claim.scheme === 'timestamped') {
      for (const near of nearTimestamps(timestamp, body)) {
        const isMissing = timestamp === undefined;
        yield make(
          [
            {
              cause: isMissing ? 'timestamp-missing' : 'timestamp-changed',
              ...(!isMissing && changeOf(timestamp, near)),
            },
          ],
          index,
          {
            timestamp: near,
          },
        );
      }
    }
    for (const variant of oneChange(body)) yield make(variant.findings, index, { body: variant.body });
  }
}

function changeOf(given: string, right: string): Pick<Finding, 'detail'> {
  const differenceMs = Number(given) - Number(right);
  if (Number.isNaN(differenceMs)) return {};
  return {
    detail: `the header is ${Math.abs(differenceMs)} ms ${differenceMs > 0 ? 'later' : 'earlier'} than what was signed`,
  };
}
