import { isUtf8 } from 'node:buffer';
import { simpleRepairs } from './body-repairs.ts';
import type { Delivery } from './delivery.ts';
import type { Finding } from './hypothesis.ts';
import { lookOf } from './look-of-body.ts';
import { isEvent, parseJson } from './parse-json.ts';

/**
 * What can be seen of a body that was changed, though undoing it does not make the signature right. Twenty's bodies never
 * look like that.
 */
export function signsOfChange({ headers, body }: Delivery): readonly Finding[] {
  const findings: Finding[] = [];
  const value = toValue(body);
  const undone = isEvent(value) ? undefined : simpleRepairs(body).find((variant) => isEvent(toValue(variant.body)));
  if (undone !== undefined) return [...undone.findings, { cause: 'wrong-secret', detail: stillWrong }];
  const text = isUtf8(body) ? Buffer.from(body).toString('utf8') : undefined;
  const declared = headers['content-length'];
  if (declared !== undefined && /^\d{1,10}$/.test(declared) && Number(declared) !== body.length) {
    const detail = `content-length says ${declared} bytes, there are ${body.length}`;
    // JSON that is whole was not cut.
    const isCut = Number(declared) > body.length && value === undefined;
    findings.push({ cause: isCut ? 'body-truncated' : 'body-changed', detail });
  }
  const encoding = headers['content-encoding'] ?? '';
  if (text === undefined) {
    const isNamed = /gzip|deflate|br|zstd/i.test(encoding);
    findings.push(
      isNamed || compressedStart.test(Buffer.from(body.subarray(0, 4)).toString('latin1'))
        ? {
            cause: 'body-compressed',
            detail: isNamed ? `content-encoding says ${encoding.slice(0, 40)}` : 'it starts as compressed bytes do',
          }
        : { cause: 'body-decoded-wrongly', detail: 'it is not UTF-8' },
    );
    return findings;
  }
  if (value === undefined && /^\s*[{[]/.test(text) && !/[}\]]\s*$/.test(text)) {
    findings.push({ cause: 'body-truncated', detail: 'the JSON breaks off' });
  }
  if (text.includes('\uFFFD')) {
    findings.push({
      cause: 'body-decoded-wrongly',
      detail: 'it holds U+FFFD, which stands for characters that could not be read; what they were cannot be found out',
    });
  }
  if (isEvent(value) && hasSortedKeys(value)) {
    findings.push({
      cause: 'body-reserialised',
      detail: 'its members are sorted by name, and their order cannot be found out',
    });
  }
  if (findings.length === 0 && !isEvent(value))
    findings.push({ cause: 'body-not-an-event', detail: lookOf(text, value) });
  return findings;
}

/** Of gzip, Zstandard and deflate. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are bytes.
const compressedStart = /^(?:\x1f\x8b|\x28\xb5\x2f\xfd|\x78[\x01\x5e\x9c\xda])/;

const stillWrong = 'undoing that does not make the signature right: the secret is another one too, or more was changed';

/** A byte order mark is allowed, as it is by a receiver. */
const toValue = (body: Uint8Array): unknown => (isUtf8(body) ? parseJson(new TextDecoder().decode(body)) : undefined);

/** Twenty's own order is not that of names: `targetUrl, eventName, …` and `id, event, …`. */
function hasSortedKeys(value: object): boolean {
  const keys = Object.keys(value);
  return keys.length >= 4 && keys.every((key, index) => index === 0 || key > (keys[index - 1] ?? ''));
}
