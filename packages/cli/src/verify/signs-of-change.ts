import { isUtf8 } from 'node:buffer';
import type { Delivery } from './delivery.ts';
import type { Finding } from './hypothesis.ts';

/** What can be seen of a body that was changed so that it cannot be undone. Twenty's bodies never look like that. */
export function signsOfChange({ headers, body }: Delivery): readonly Finding[] {
  const findings: Finding[] = [];
  const text = isUtf8(body) ? Buffer.from(body).toString('utf8') : undefined;
  const value = text === undefined ? undefined : parse(text);
  const declared = headers['content-length'];
  if (declared !== undefined && /^\d{1,10}$/.test(declared) && Number(declared) !== body.length) {
    const detail = `content-length says ${declared} bytes, there are ${body.length}`;
    // JSON that is whole was not cut.
    const isCut = Number(declared) > body.length && value === undefined;
    findings.push({ cause: isCut ? 'body-truncated' : 'body-changed', detail });
  }
  if (text === undefined) return [...findings, { cause: 'body-decoded-wrongly', detail: 'it is not UTF-8' }];
  if (value === undefined && /^\s*[{[]/.test(text) && !/[}\]]\s*$/.test(text)) {
    findings.push({ cause: 'body-truncated', detail: 'the JSON breaks off' });
  }
  if (text.includes('\uFFFD')) {
    findings.push({
      cause: 'body-decoded-wrongly',
      detail: 'it holds U+FFFD, which stands for characters that could not be read; what they were cannot be found out',
    });
  }
  if (typeof value === 'object' && value !== null && hasSortedKeys(value)) {
    findings.push({
      cause: 'body-reserialised',
      detail: 'its members are sorted by name, and their order cannot be found out',
    });
  }
  return findings;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Twenty's own order is not that of names: `targetUrl, eventName, …` and `id, event, …`. */
function hasSortedKeys(value: object): boolean {
  const keys = Object.keys(value);
  return (
    keys.length >= 4 &&
    ('eventName' in value || 'event' in value) &&
    keys.every((key, index) => index === 0 || key > (keys[index - 1] ?? ''))
  );
}
