import { relative } from 'node:path';
import { printable } from '../terminal/printable.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { DeliverySummary, ForwardResult } from './inspector-api.ts';
import { withoutCredentials } from './pass-on.ts';

export interface ListenFacts {
  readonly origin: string;
  readonly receiveUrl: string;
  readonly forwardUrl: URL | undefined;
  readonly folder: string;
  readonly keep: number;
  readonly secrets: readonly string[] | undefined;
}

type Output = Pick<Terminal, 'isJson' | 'style'>;

/** What is said at the start. */
export function startLines(facts: ListenFacts, { isJson, style }: Output): string[] {
  const { origin, receiveUrl, folder, keep, secrets } = facts;
  const inspectorUrl = `${origin}/`;
  const forwardUrl = facts.forwardUrl && withoutCredentials(facts.forwardUrl);
  const hasSecret = secrets !== undefined;
  if (isJson) return [jsonLine({ type: 'listening', inspectorUrl, receiveUrl, forwardUrl, folder, keep, hasSecret })];
  const shownFolder = relative('', folder).startsWith('..') ? folder : relative('', folder) || '.';
  return [
    `${style('bold', 'Inspector')}   ${style('cyan', inspectorUrl)}`,
    `Receives at ${style('cyan', receiveUrl)}${hasSecret ? '' : style('yellow', ' (nothing is verified)')}`,
    ...(forwardUrl === undefined ? [] : [`Passes on   to ${style('cyan', printable(forwardUrl))}`]),
    `Keeps       the last ${keep.toLocaleString('en')} deliveries in ${printable(shownFolder)}`,
    'Ctrl+C      ends it',
    '',
    style('dim', `From elsewhere a tunnel to ${origin} leads here (cloudflared tunnel --url ${origin}).`),
    style('dim', 'A Twenty on this machine sends to private addresses only where its worker has them in'),
    style('dim', 'OUTBOUND_HTTP_ALLOWED_INTERNAL_HOSTS.'),
    '',
  ];
}

/** A delivery in one line. */
export function deliveryLine(delivery: DeliverySummary, { style }: Output): string {
  const { receivedAtMs, status, code, reason, event, method, path, recordName, recordId, forward } = delivery;
  const isWell = code === undefined && forward?.reason === undefined;
  const verdict = (code ?? status).padEnd(9);
  const parts = [
    style('dim', timeOf(receivedAtMs)),
    isWell ? style('green', '✓') : style('red', '✗'),
    code === undefined ? verdict : style('red', verdict),
    short(event ?? `${method} ${path}`),
    ...[recordName ?? recordId ?? []].flat().map(short),
    ...(forward === undefined ? [] : [forwardText(forward)]),
    ...[reason ?? forward?.reason ?? []].flat().map((text) => style('dim', `– ${printable(text)}`)),
  ];
  return parts.join('  ');
}

function forwardText({ status, error, durationMs }: ForwardResult): string {
  const took = durationMs < 1_000 ? `${Math.round(durationMs)} ms` : `${(durationMs / 1_000).toFixed(1)} s`;
  return `→ ${status ?? printable(error ?? '')} in ${took}`;
}

/** One line of JSON. It may end up on a terminal, and JSON leaves C1 control characters as they are. */
export function jsonLine(value: object): string {
  return JSON.stringify(value).replace(
    /[\u007f-\u009f]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function timeOf(ms: number): string {
  const date = new Date(ms);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((n) => String(n).padStart(2, '0')).join(':');
}

const short = (text: string): string => {
  const safe = printable(text);
  return safe.length > maxLength ? `${safe.slice(0, maxLength)}…` : safe;
};

const maxLength = 80;
