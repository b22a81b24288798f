import {
  isWebhookError,
  parseEvent,
  type RejectionCode,
  type VerifyOptions,
  verifySignature,
} from '@twenty-webhooks/core';
import { maxBodyBytes } from '../http/receiver-limits.ts';
import type { Cause } from './causes.ts';
import type { Delivery } from './delivery.ts';
import { diagnoseHeaders } from './diagnose-headers.ts';
import { hypotheses, triedBytes } from './hypotheses.ts';
import { type Finding, findHypothesis, type SearchResult } from './hypothesis.ts';
import { readSignature } from './signature-claim.ts';
import { compareSignature, isPartOfSignature } from './signature-comparison.ts';
import { signsOfChange } from './signs-of-change.ts';

export interface Diagnosis {
  readonly cause: Cause;
  /** More about the cause: a sentence without its full stop. */
  readonly detail: string | undefined;
  /** What was found beside it. */
  readonly also: readonly Finding[];
  /** Whether the signature itself shows it; else it is the likely reason, by what can be seen. */
  readonly isProven: boolean;
  /** What a receiver answers; `undefined` where it accepts. */
  readonly code: RejectionCode | undefined;
  readonly scheme: 'timestamped' | 'plain' | undefined;
  /** Which of the secrets, where one of them is the right one. */
  readonly secretIndex: number | undefined;
  readonly signedAtMs: number | undefined;
  /** Whether there was more to try than there is time for. */
  readonly isCutShort: boolean;
}

export interface JudgingOptions {
  readonly secrets: readonly [string, ...string[]];
  readonly nowMs: number;
  readonly toleranceSeconds: number;
}

/** Say why a delivery is, or is not, genuine. Core decides which; only for a refusal its reason is looked for. */
export async function diagnose(delivery: Delivery, options: JudgingOptions): Promise<Diagnosis> {
  const found = await findCause(delivery, options);
  const isTooLarge = delivery.body.length > maxBodyBytes;
  return {
    ...found,
    ...(isTooLarge && { also: [...found.also, { cause: 'body-too-large' }] }),
    // A receiver looks at this before it reads the body.
    ...(isEncoded(delivery) && found.code !== 'METHOD_NOT_ALLOWED' && { code: 'CONTENT_ENCODING_UNSUPPORTED' }),
  };
}

const isEncoded = ({ headers }: Delivery): boolean => !/^(identity)?$/i.test(headers['content-encoding'] ?? '');

async function findCause(delivery: Delivery, options: JudgingOptions): Promise<Diagnosis> {
  const verdict = await judge(delivery, options);
  const { code } = verdict;
  const base: Diagnosis = {
    cause: 'genuine',
    detail: undefined,
    also: [],
    isProven: true,
    isCutShort: false,
    scheme: schemeOf(delivery),
    secretIndex: undefined,
    signedAtMs: undefined,
    ...verdict,
  };
  if (code === undefined) return isEncoded(delivery) ? { ...base, cause: 'content-encoding' } : base;
  const known = afterSignature(code, delivery, base.signedAtMs);
  if (known !== undefined) return { ...base, ...known };
  return { ...base, ...(await findReason(code, delivery, options)) };
}

type Verdict = Pick<Diagnosis, 'code'> & Partial<Pick<Diagnosis, 'scheme' | 'secretIndex' | 'signedAtMs'>>;

/** What a receiver makes of it, in a receiver's order. */
async function judge(delivery: Delivery, { secrets, nowMs, toleranceSeconds }: JudgingOptions): Promise<Verdict> {
  const { method = 'POST', headers, body } = delivery;
  if (method !== 'POST') return { code: 'METHOD_NOT_ALLOWED' };
  if (body.length === 0) return { code: 'BODY_EMPTY' };
  const options: VerifyOptions = { secret: secrets, toleranceSeconds, now: () => nowMs };
  try {
    const verification = await verifySignature(body, headers, options);
    try {
      await parseEvent(body);
      return { code: undefined, ...verification };
    } catch (error) {
      return { code: codeOf(error), ...verification };
    }
  } catch (error) {
    const code = codeOf(error);
    if (code !== 'TIMESTAMP_TOO_OLD' && code !== 'TIMESTAMP_IN_FUTURE') return { code };
    // The signature is right: which secret it was?
    const signedAtMs = Number(delivery.timestamp);
    return { code, ...(await verifySignature(body, headers, { ...options, now: () => signedAtMs })) };
  }
}

/** @throws everything else */
function codeOf(error: unknown): RejectionCode {
  if (isWebhookError(error) && error.code !== 'SECRET_MISSING' && error.code !== 'OPTION_INVALID') {
    return error.code as RejectionCode;
  }
  throw error;
}

const schemeOf = ({ headers, timestamp }: Delivery): Diagnosis['scheme'] => {
  if (timestamp !== undefined || headers['x-twenty-webhook-signature'] !== undefined) return 'timestamped';
  return headers['x-twenty-signature'] === undefined ? undefined : 'plain';
};

/** Refusals whose reason is known: the method, an empty body, and all that comes after a right signature. */
function afterSignature(
  code: RejectionCode,
  { method }: Delivery,
  signedAtMs: number | undefined,
): (Pick<Diagnosis, 'cause'> & Partial<Diagnosis>) | undefined {
  switch (code) {
    case 'METHOD_NOT_ALLOWED':
      return method === 'GET' ? { cause: 'redirected' } : { cause: 'wrong-method', detail: `it is ${method}` };
    case 'BODY_EMPTY':
      return { cause: 'body-empty' };
    case 'BODY_NOT_UTF8':
      return { cause: 'not-utf8' };
    case 'BODY_NOT_JSON':
      return { cause: 'not-json' };
    case 'BODY_NOT_EVENT':
      return { cause: 'not-an-event' };
    case 'TIMESTAMP_TOO_OLD':
      // In milliseconds these would be the first weeks of 1970.
      if (signedAtMs !== undefined && signedAtMs < 100_000_000_000) {
        return { cause: 'timestamp-seconds-not-milliseconds', detail: 'seconds were sent, and signed' };
      }
      return { cause: 'stale' };
    case 'TIMESTAMP_IN_FUTURE':
      return { cause: 'in-future' };
    default:
      return undefined;
  }
}

type Reason = Pick<Diagnosis, 'cause' | 'detail' | 'also' | 'isProven'> & Partial<Diagnosis>;

async function findReason(code: RejectionCode, delivery: Delivery, options: JudgingOptions): Promise<Reason> {
  const seen = await diagnoseHeaders(code, delivery, options);
  if (seen?.isFinal) return toReason([seen.finding], seen.isProven);
  // The signature that decides, or, if that is lost, the other one.
  const { headers, timestamp } = delivery;
  const text = headers['x-twenty-webhook-signature'] || undefined;
  const plain = headers['x-twenty-signature'] || undefined;
  const claim = text === undefined ? plain && readSignature(plain, 'plain') : readSignature(text, 'timestamped');
  const given = text ?? plain;
  const part =
    given && isPartOfSignature(given, text === undefined ? 'plain' : 'timestamped', delivery, options.secrets);
  if (typeof part === 'number') return { ...toReason([{ cause: 'signature-truncated' }], true), secretIndex: part };
  let search: SearchResult | undefined;
  if (claim) {
    const compared = compareSignature(claim, delivery, options.secrets);
    if (compared !== undefined) return { ...toReason([compared.finding], true), secretIndex: compared.secretIndex };
    search = await findHypothesis(claim, hypotheses(claim, delivery, options.secrets));
    if (search.found !== undefined) {
      const { findings, secretIndex } = search.found;
      // A signature that is right as it stands was refused for its headers.
      const all = findings.length > 0 ? findings : seen ? [seen.finding] : [{ cause: fallbackOf(code) }];
      return { ...toReason(all, true), secretIndex };
    }
  }
  const signs = isUsable(code, timestamp) ? signsOfChange(delivery) : [];
  const findings = seen
    ? [seen.finding, ...signs]
    : [...signs, ...(signs.length > 0 ? [] : [{ cause: fallbackOf(code) }])];
  return {
    ...toReason(findings, false),
    isCutShort: search !== undefined && (search.isCutShort || delivery.body.length > triedBytes),
  };
}

/** Whether a wrong body can be the reason, since the headers are complete. */
const isUsable = (code: RejectionCode, timestamp: string | undefined): boolean =>
  code === 'SIGNATURE_MISMATCH' || (code === 'SIGNATURE_MALFORMED' && timestamp !== undefined);

const fallbacks: { readonly [Code in RejectionCode]?: Cause } = {
  SIGNATURE_MISSING: 'signature-missing',
  SIGNATURE_MALFORMED: 'signature-malformed',
  TIMESTAMP_MISSING: 'timestamp-missing',
  TIMESTAMP_MALFORMED: 'timestamp-malformed',
};

const fallbackOf = (code: RejectionCode): Cause => fallbacks[code] ?? 'wrong-secret';

function toReason(findings: readonly Finding[], isProven: boolean): Reason {
  const [first = { cause: 'wrong-secret' as const }, ...rest] = findings;
  const also = rest.filter(({ cause }, index) => rest.findIndex((other) => other.cause === cause) === index);
  return {
    cause: first.cause,
    detail: first.detail,
    also: also.filter(({ cause }) => cause !== first.cause),
    isProven,
  };
}
