import type { Choices } from '../choices.ts';
import { hmacOf } from '../oracles/signature.ts';
import { anyBody } from './bodies.ts';
import { textMutated } from './text-mutated.ts';

export interface SignedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: HeaderRecord | Headers;
  readonly body: Uint8Array<ArrayBuffer>;
}

export type HeaderRecord = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The receiver's clock. */
export const nowMs = 1_795_448_103_416;

/** A request that Twenty, a proxy or somebody else may send, signed with one of the secrets or not quite. */
export function signedRequest(choices: Choices, secrets: readonly string[], toleranceSeconds: number): SignedRequest {
  const body = anyBody(choices);
  const secret = choices.oneIn(8) ? 'somebody else' : choices.pick(secrets);
  const timestamp = choices.oneIn(8) ? choices.pick(oddTimestamps) : String(timeAround(choices, toleranceSeconds));
  const pairs: [name: string, value: string | undefined][] = [];
  const isBoth = choices.oneIn(8);
  const isPlain = choices.oneIn(3);
  if (!isPlain || isBoth) {
    pairs.push(['x-twenty-webhook-timestamp', timestamp]);
    pairs.push(['x-twenty-webhook-signature', hmacOf(secret, `${timestamp}:`, body)]);
    pairs.push(['x-twenty-webhook-nonce', 'nonce']);
  }
  if (isPlain || isBoth) pairs.push(['x-twenty-signature', `sha256=${hmacOf(secret, '', body)}`]);
  for (let left = choices.below(4) - 1; left > 0; left--) spoil(choices, pairs);
  return {
    method: choices.oneIn(20) ? choices.pick(['GET', 'PUT', 'post', '', 'HEAD', 'é']) : 'POST',
    url: '/webhooks/twenty',
    headers: toHeaders(choices, pairs),
    body,
  };
}

function timeAround(choices: Choices, toleranceSeconds: number): number {
  if (choices.oneIn(10)) return choices.below(2 ** 31);
  return nowMs + choices.pick([0, 1, -1]) * toleranceSeconds * 1000 + choices.pick([0, 1, -1, 500, -500]);
}

const oddTimestamps = [
  '',
  '0',
  '01795448103416',
  '1795448103416 ',
  '+1',
  '-1',
  '1e12',
  '0x10',
  '1795448103',
  '9'.repeat(16),
  '١٢',
  '1\n',
  '9'.repeat(15),
];

function spoil(choices: Choices, pairs: [name: string, value: string | undefined][]): void {
  const at = choices.below(pairs.length);
  const [name, value] = pairs[at] ?? ['x-twenty-signature', 'sha256='];
  switch (choices.below(8)) {
    case 0:
      pairs[at] = [name, value?.toUpperCase()];
      return;
    case 1:
      pairs.splice(at, 1);
      return;
    case 2:
      pairs.push([name, choices.oneIn(2) ? value : choices.pick(oddValues)]);
      return;
    case 3:
      pairs[at] = [name, choices.pick(oddValues)];
      return;
    case 4:
      pairs.push([choices.pick(otherNames), choices.pick(oddValues)]);
      return;
    case 5:
      pairs[at] = [name, textMutated(choices, value ?? '')];
      return;
    case 6:
      pairs.push(['content-length', choices.pick(announcedLengths)]);
      return;
    default:
      pairs.push(['content-encoding', choices.pick(['identity', '', 'gzip', 'Identity', 'br, gzip', 'identity '])]);
  }
}

const oddValues = [
  '',
  ' ',
  'sha256=',
  'a'.repeat(64),
  'ſ'.repeat(64),
  'z'.repeat(64),
  `sha256=${'0'.repeat(64)}`,
  '\u0130'.repeat(64),
  'x'.repeat(5_000),
  undefined,
];
/** Around the limits of receivers under test, and what is no length. The body may be of another. */
const announcedLengths = ['199', '200', '201', '5242880', '5242881', '1e9', '9'.repeat(40), '0', '-1', '201x', ''];

const otherNames = [
  'content-type',
  'user-agent',
  'get',
  'constructor',
  'x-forwarded-for',
  '__proto__',
  'x-twenty-signaturé',
  'x-twenty-webhook-nonce',
  'content-lengtH',
];

/** The same pairs as frameworks hand them over: names in any case, repeated ones as lists or side by side. */
function toHeaders(
  choices: Choices,
  pairs: readonly (readonly [string, string | undefined])[],
): HeaderRecord | Headers {
  const isHeaders = choices.oneIn(10);
  if (isHeaders) {
    const headers = new Headers();
    for (const [name, value] of pairs)
      if (value !== undefined && isLatin.test(name + value)) headers.append(name, value);
    return headers;
  }
  const record: Record<string, string | readonly string[] | undefined> = Object.create(
    choices.oneIn(2) ? null : Object.prototype,
  );
  const isLowerCase = choices.oneIn(2);
  for (const [lower, value] of pairs) {
    if (lower === '__proto__') continue;
    const name = isLowerCase
      ? lower
      : choices.pick([lower, lower.toUpperCase(), lower.replace(/\b[a-z]/g, (letter) => letter.toUpperCase())]);
    const known = record[name];
    if (value === undefined || known === undefined)
      record[name] = known ?? (value !== undefined && choices.oneIn(6) ? [value] : value);
    else record[name] = [known, value].flat();
  }
  return record;
}

const isLatin = /^[\x20-\x7e]*$/;

/** What the headers say, by names in lower case, repeated ones joined as everywhere in HTTP. */
export function joinedHeaders(headers: HeaderRecord | Headers): Map<string, string> {
  if (headers instanceof Headers) return new Map(headers);
  const joined = new Map<string, string>();
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) continue;
    const lower = name.toLowerCase();
    const known = joined.get(lower);
    const text = [value].flat().join(', ');
    joined.set(lower, known === undefined ? text : `${known}, ${text}`);
  }
  return joined;
}
