import type { Finding } from './hypothesis.ts';

export interface TimestampVariant {
  readonly finding: Finding;
  readonly timestamp: string;
}

/** What a time with too many digits is measured in. */
export const smallUnit = (text: string): 'microseconds' | 'nanoseconds' | undefined =>
  /^\d{16}$/.test(text) ? 'microseconds' : /^\d{19}$/.test(text) ? 'nanoseconds' : undefined;

/** The same time, or part of the text, written in another way. */
export function* timestampForms(text: string): Generator<TimestampVariant> {
  const seconds: Finding['cause'] = 'timestamp-seconds-not-milliseconds';
  if (/^\d{9,11}$/.test(text)) {
    const detail = 'the header says seconds, milliseconds were signed';
    for (let ms = 0; ms < 1_000; ms += 1) {
      yield { finding: { cause: seconds, detail }, timestamp: `${text}${String(ms).padStart(3, '0')}` };
    }
  } else if (/^\d{12,14}$/.test(text)) {
    yield {
      finding: { cause: seconds, detail: 'the header says milliseconds, seconds were signed' },
      timestamp: text.slice(0, -3),
    };
  } else if (/^\d{9,11}\.\d+$/.test(text)) {
    const finding: Finding = { cause: seconds, detail: 'the header says seconds with a fraction' };
    for (const round of [Math.round, Math.floor]) yield { finding, timestamp: String(round(Number(text) * 1_000)) };
    yield { finding, timestamp: text.replace(/\..*/, '') };
  }
  const cause = 'timestamp-malformed';
  const unit = smallUnit(text);
  if (unit !== undefined)
    yield {
      finding: { cause, detail: `the header says ${unit}, milliseconds were signed` },
      timestamp: text.slice(0, 13),
    };
  const [first = ''] = text.split(',');
  if (first !== text) yield { finding: { cause, detail: 'the header came several times' }, timestamp: first };
  const bare = text.replace(/[\s"',_]/g, '');
  if (bare !== text && /^\d+$/.test(bare))
    yield { finding: { cause, detail: 'white space, quotes or separators were put in' }, timestamp: bare };
  if (/^\d+\.\d+$/.test(text))
    yield { finding: { cause, detail: 'a fraction was put in' }, timestamp: text.replace(/\..*/, '') };
  const date = /\D/.test(text) ? Date.parse(text) : Number.NaN;
  if (date > 0) yield { finding: { cause, detail: 'it was rewritten as a date' }, timestamp: String(date) };
}

/**
 * Times near the one in the header, and those at which an event of this time may have been sent, nearest first; for
 * small bodies, as each is one HMAC.
 */
export function* nearTimestamps(text: string | undefined, body: Uint8Array): Generator<string> {
  if (body.length > 64 * 1024) return;
  const done = new Set<number>([Number(text)]);
  const given = text !== undefined && /^\d{12,14}$/.test(text) ? Number(text) : undefined;
  const sent = eventTime(body);
  for (let offset = 0; offset <= 10_000; offset += 1) {
    for (const guess of [
      given && given + offset,
      given && given - offset,
      sent && sent + offset,
      // An event is sent after it happened, by the clock of the same machine.
      sent && offset <= 1_000 ? sent - offset : undefined,
    ]) {
      if (guess === undefined || done.has(guess)) continue;
      done.add(guess);
      yield String(guess);
    }
  }
}

function eventTime(body: Uint8Array): number | undefined {
  const text = Buffer.from(body).toString('utf8');
  const [, date = ''] = /"(?:eventDate|timestamp)"\s*:\s*"([^"]{10,40})"/.exec(text) ?? [];
  return Date.parse(date) || undefined;
}
