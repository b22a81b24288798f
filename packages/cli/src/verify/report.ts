import { outcomeTable, type TwentyEvent } from '@twenty-webhooks/core';
import { printable } from '../terminal/printable.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { causeRow } from './causes.ts';
import type { Delivery } from './delivery.ts';
import type { Diagnosis } from './diagnose.ts';
import type { Finding } from './hypothesis.ts';

export interface ReportFacts {
  readonly diagnosis: Diagnosis;
  readonly delivery: Delivery;
  readonly nowMs: number;
  readonly event: TwentyEvent | undefined;
}

/** The result for scripts. No secret, no signature, no body. */
export function toJson({ diagnosis, delivery, nowMs, event }: ReportFacts): object {
  const { cause, detail, also, isProven, code, scheme, secretIndex, signedAtMs, isCutShort } = diagnosis;
  const { explanation, fix, framework } = causeRow(cause);
  return {
    genuine: cause === 'genuine',
    cause,
    code,
    scheme,
    secretIndex,
    event: event && printable(event.event),
    eventId: event && printable(event.id),
    explanation: detail === undefined ? explanation : `${explanation} (${printable(detail)})`,
    fix,
    framework,
    also: also.map((finding) => ({
      cause: finding.cause,
      detail: finding.detail && printable(finding.detail),
      fix: causeRow(finding.cause).fix,
    })),
    evidence: {
      proven: isProven,
      searchedAll: !isCutShort,
      signedAt: signedAtMs === undefined ? undefined : toIso(signedAtMs),
      ageSeconds: signedAtMs === undefined ? undefined : Math.round((nowMs - signedAtMs) / 1_000),
      bodyBytes: delivery.body.length,
      headers: Object.keys(delivery.headers)
        .filter((name) => /twenty|^content-(length|type|encoding)$/.test(name))
        .map(printable),
    },
  };
}

/** The result for people. */
export function toLines(
  terminal: Pick<Terminal, 'style'>,
  { diagnosis, delivery, nowMs, event }: ReportFacts,
): readonly string[] {
  const { cause, detail, also, isProven, code, scheme, secretIndex, signedAtMs, isCutShort } = diagnosis;
  const isGenuine = cause === 'genuine';
  const { explanation, fix, framework = {} } = causeRow(cause);
  const title = isGenuine
    ? terminal.style('green', '✓ Genuine')
    : `${terminal.style('red', `✗ ${isSignatureRight(diagnosis) ? 'Signature right, but refused' : 'Not genuine'}`)}: ${terminal.style('bold', cause)}${isProven ? '' : terminal.style('dim', ' (most likely)')}`;
  const lines = [title];
  const add = (name: string, text: string): void =>
    void lines.push(`  ${terminal.style('dim', name.padEnd(9))} ${text}`);
  if (event !== undefined) {
    add(
      'event',
      `${printable(event.event)}, ${printable(event.id)}${isGenuine ? '' : terminal.style('dim', ' (so the body says)')}`,
    );
  }
  add('body', `${delivery.body.length} bytes`);
  if (signedAtMs !== undefined) add('signed', `${toIso(signedAtMs)}, ${ageOf(nowMs - signedAtMs)}`);
  if (isGenuine) add('scheme', schemeNames[scheme ?? 'plain']);
  if (secretIndex !== undefined && secretIndex > 0) add('secret', `number ${secretIndex + 1} of those given`);
  const addAlso = (): void => {
    for (const finding of also) lines.push(`${terminal.style('bold', 'Also')} ${sentenceOf(finding)}`);
  };
  if (isGenuine) {
    addAlso();
    return lines;
  }
  if (code !== undefined) add('answer', `${outcomeTable[code][0]} ${code}`);
  lines.push('', `${terminal.style('bold', 'Why')}  ${explanation}`);
  if (detail !== undefined) lines.push(`     ${terminal.style('dim', 'Here:')} ${printable(detail)}.`);
  lines.push(`${terminal.style('bold', 'Fix')}  ${fix}`);
  const width = Math.max(0, ...Object.keys(framework).map(({ length }) => length));
  for (const [name, line] of Object.entries(framework)) {
    lines.push(`     ${terminal.style('cyan', name.padEnd(width))}  ${line}`);
  }
  addAlso();
  if (isCutShort)
    lines.push(terminal.style('dim', 'Not every change could be tried: the body is large, or there are many secrets.'));
  return lines;
}

const schemeNames = {
  timestamped: 'X-Twenty-Webhook-Signature, with the time',
  plain: 'X-Twenty-Signature, without a time: it does not show a replay',
} as const;

const isSignatureRight = ({ cause, signedAtMs, secretIndex, code }: Diagnosis): boolean =>
  signedAtMs !== undefined ||
  cause === 'content-encoding' ||
  (secretIndex !== undefined && code !== undefined && /^BODY_NOT_/.test(code));

const sentenceOf = ({ cause, detail }: Finding): string => {
  const { explanation, fix } = causeRow(cause);
  return `${cause}: ${explanation}${detail === undefined ? '' : ` (${printable(detail)})`} ${fix}`;
};

/** What a header says need not be a time that exists. */
function toIso(timeMs: number): string {
  const date = new Date(timeMs);
  return Number.isNaN(date.getTime()) ? 'no time that exists' : date.toISOString();
}

function ageOf(ageMs: number): string {
  const seconds = Math.round(Math.abs(ageMs) / 1_000);
  const units = [
    [86_400, 'days'],
    [3_600, 'hours'],
    [60, 'minutes'],
  ] as const;
  const [size, name] = units.find(([length]) => seconds >= 2 * length) ?? ([1, 'seconds'] as const);
  return `${Math.floor(seconds / size)} ${name} ${ageMs < 0 ? 'ahead' : 'old'}`;
}
