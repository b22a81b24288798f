import { readFileSync } from 'node:fs';
import { type Evidence, explain } from '../packages/core/src/diagnose.ts';
import type { FailureCode, RejectionCode } from '../packages/core/src/errors.ts';
import { outcomeTable, reasonOf } from '../packages/core/src/outcome.ts';
import { readHead } from '../packages/core/src/request-head.ts';
import { eventMembers, eventNames, matchingPatterns, recordFields } from './event-tables.ts';
import { interfaceTable, table } from './interface-table.ts';
import { tableOf } from './table-of.ts';

/** What stands between `<!-- generated: name -->` and `<!-- /generated -->`, by name. */
const parts: Readonly<Record<string, () => string>> = {
  outcomes,
  mistakes,
  'event-members': eventMembers,
  'event-names': eventNames,
  'matching-patterns': matchingPatterns,
  'record-fields': recordFields,
  'verify-in-python': verifyInPython,
  inboxes: () => tableOf('docs/choose-an-inbox.md', 'Side by side'),
  speed: () => tableOf('bench/RESULTS.md', 'In short'),
  options: () => interfaceTable(core('options'), 'ReceiverOptions'),
  context: () => interfaceTable(core('handler'), 'HandlerContext'),
  'handler-options': () => interfaceTable(core('handler'), 'HandlerOptions'),
  'inbox-options': () => interfaceTable(core('embedded/embedded-inbox'), 'EmbeddedInboxOptions'),
  'postgres-inbox-options': () => interfaceTable(source('postgres', 'postgres-inbox'), 'PostgresInboxOptions'),
  'redis-inbox-options': () => interfaceTable(source('redis', 'inbox-options'), 'RedisInboxOptions'),
  'redis-store-options': () => interfaceTable(source('redis', 'redis-store'), 'RedisStoreOptions'),
  'retry-options': () => interfaceTable(core('retry'), 'RetryOptions'),
};

/** Write every generated part of a Markdown text anew. */
export function regenerate(markdown: string): string {
  const marks = markdown.match(/<!-- \/?generated/g)?.length ?? 0;
  let replaced = 0;
  const text = markdown.replaceAll(
    /(<!-- generated: ([\w-]+) -->\n)(?:(?!<!-- generated)[\s\S])*?(<!-- \/generated -->)/g,
    (_all, start: string, name: string, end: string) => {
      const part = parts[name];
      if (part === undefined) throw new Error(`No part «${name}» can be generated: ${Object.keys(parts).join(', ')}.`);
      replaced++;
      return `${start}\n${part()}\n\n${end}`;
    },
  );
  if (marks !== 2 * replaced) throw new Error('A mark of a generated part has no partner, or is misspelt.');
  return text;
}

function outcomes(): string {
  const rows = Object.entries(fixes).map(([name, fix]) => {
    const [status, meaning] = outcomeTable[name as keyof typeof outcomeTable];
    return [String(status), `\`${name}\``, meaning, fix];
  });
  return table(['status', 'outcome or code', 'meaning', 'what to do'], rows);
}

/** What is too long for core to carry: it goes to the edge. An outcome without an entry is an error of types. */
const fixes: { readonly [Name in keyof typeof outcomeTable]: string } = {
  handled: '',
  accepted: '',
  duplicate: '',
  ignored: '',
  busy: 'Nothing: the first delivery is still at work.',

  METHOD_NOT_ALLOWED: 'Give Twenty the final URL: a redirect makes a GET of the POST.',
  CONTENT_ENCODING_UNSUPPORTED: 'Twenty sends no compression: let no proxy in front of this server add it.',
  BODY_TOO_LARGE: 'Raise `maxBodyBytes` if your records are that large.',
  BODY_TIMEOUT: 'Look at the network between Twenty and this server.',
  BODY_INCOMPLETE: 'Look at the network; Twenty hangs up after 5 seconds.',
  BODY_EMPTY: 'Compare what Twenty sends with what arrives, proxy by proxy.',
  SIGNATURE_MISSING: 'Give the webhook in Twenty a secret, and let proxies pass `X-Twenty-*` headers on.',
  SIGNATURE_MALFORMED: 'Look for who else sends to this URL, or for a proxy that changes headers.',
  SIGNATURE_MISMATCH: 'Compare the secret with that of the webhook, and let nothing change the body.',
  TIMESTAMP_MISSING: 'Let proxies pass `X-Twenty-*` headers on.',
  TIMESTAMP_MALFORMED: 'Look for who else sends to this URL, or for a proxy that changes headers.',
  TIMESTAMP_TOO_OLD: 'Set the clocks of both servers. A replayed delivery looks the same.',
  TIMESTAMP_IN_FUTURE: 'Set the clocks of both servers.',
  BODY_NOT_UTF8: 'Look for who else signs with this secret.',
  BODY_NOT_JSON: 'Look for who else signs with this secret.',
  BODY_NOT_EVENT: 'Look for who else signs with this secret.',
  EVENT_INVALID: 'Change the schema, or the object in Twenty. The fields are in the log. With an inbox, a dead job.',

  HANDLER_FAILED: 'Its error is in the log. Take an inbox, which runs it again: Twenty sends no redelivery.',
  HANDLER_TIMEOUT: 'Take an inbox, so that handlers may take their time: Twenty hangs up after 5 seconds.',
  BODY_ALREADY_PARSED: 'Mount the receiver before any body parser. The log names the line to change.',
  INBOX_UNAVAILABLE:
    "Its own error is in the log: locked, full, moved, not reached. Fetch what is missing over Twenty's API.",
  SECRET_UNAVAILABLE: "The function's own error is in the log.",
};

/** What the usual mistakes leave in the log, said by what says it in the receiver. */
function mistakes(): string {
  const failed = (code: FailureCode): string => `\`${code}: ${reasonOf(code)}\``;
  const refused = (code: RejectionCode, evidence: Partial<Evidence> = {}): string => {
    const reason = explain(code, { method: 'POST', head, hasSpacedSecret: false, ...evidence });
    // The meaning of the code comes first; what points to this mistake comes after it.
    const hint = reason.slice(reasonOf(code).length).replace(/^\W+/, '');
    return `\`${code}: ${hint === '' ? reason : `… ${hint}`}\``;
  };
  return table(
    ['mistake', 'line in the log, after `[twenty-webhooks]`'],
    [
      ['A body parser runs before the receiver', failed('BODY_ALREADY_PARSED')],
      ['A proxy writes the JSON anew', refused('SIGNATURE_MISMATCH', { body: new TextEncoder().encode('{ "a": 1 }') })],
      ['The secret ends with a line end', refused('SIGNATURE_MISMATCH', { hasSpacedSecret: true })],
      ['It is the secret of another webhook', refused('SIGNATURE_MISMATCH')],
      ['The webhook has no secret, or a proxy drops headers', refused('SIGNATURE_MISSING')],
      ['The clock of one server is wrong', refused('TIMESTAMP_TOO_OLD')],
      ['A script signs with seconds', refused('TIMESTAMP_TOO_OLD', { signedAtMs: 1_735_689_600 })],
      ['The URL in Twenty redirects', refused('METHOD_NOT_ALLOWED', { method: 'GET', head: signedHead })],
      ['Without an inbox, a handler is too slow', failed('HANDLER_TIMEOUT')],
    ],
  );
}

/** The part of the example that verifies; the file goes on with what the golden vectors need. */
function verifyInPython(): string {
  const file = readFileSync(new URL('../docs/examples/verify.py', import.meta.url), 'utf8');
  const [imports = ''] = /^(?:import .*\n)+/m.exec(file) ?? [];
  const used = imports.split('\n').filter((line) => /hashlib|hmac|\bre\b/.test(line));
  const code = file.slice(file.indexOf('TOLERANCE_MS = '), file.indexOf('\n\n\ndef parse('));
  return ['```python', ...used, '', code, '```'].join('\n');
}

const head = readHead({});
const signedHead = readHead({ 'x-twenty-webhook-signature': '0'.repeat(64) });

const source = (name: string, file: string): URL => new URL(`../packages/${name}/src/${file}.ts`, import.meta.url);
const core = (file: string): URL => source('core', file);
