import { type Lines, lines } from './framework-lines.ts';

/** Why a delivery is, or is not, genuine. Stable: scripts read them. */
export type Cause =
  | 'genuine'
  | 'stale'
  | 'in-future'
  | 'timestamp-seconds-not-milliseconds'
  | 'timestamp-changed'
  | 'timestamp-missing'
  | 'timestamp-malformed'
  | 'signature-missing'
  | 'signature-empty'
  | 'header-lost'
  | 'header-renamed'
  | 'signature-repeated'
  | 'signature-of-the-guide'
  | 'signature-placeholder'
  | 'signature-truncated'
  | 'signature-not-hex'
  | 'signature-prefix-wrong'
  | 'signature-malformed'
  | 'signature-altered'
  | 'forged-timestamped-beside-genuine-plain'
  | 'wrong-scheme'
  | 'wrong-secret'
  | 'secret-trailing-newline'
  | 'secret-white-space'
  | 'secret-quoted'
  | 'secret-altered'
  | 'body-empty'
  | 'redirected'
  | 'wrong-method'
  | 'body-pretty-printed'
  | 'body-reserialised'
  | 'body-newline-added'
  | 'body-white-space-added'
  | 'body-newline-removed'
  | 'body-bom-added'
  | 'body-bom-removed'
  | 'body-line-endings'
  | 'body-decoded-wrongly'
  | 'body-base64-encoded'
  | 'body-compressed'
  | 'body-encoded'
  | 'body-wrapped'
  | 'body-not-an-event'
  | 'body-truncated'
  | 'body-changed'
  | 'body-bit-changed'
  | 'event-name-changed'
  | 'content-encoding'
  | 'body-too-large'
  | 'not-utf8'
  | 'not-json'
  | 'not-an-event';

export interface CauseRow {
  /** What happened, in plain words. */
  readonly explanation: string;
  /** What to do about it. */
  readonly fix: string;
  /** The line to change, by framework or place, where there is one. */
  readonly framework?: Lines;
}

const row = (explanation: string, fix: string, framework?: Lines): CauseRow =>
  framework === undefined ? { explanation, fix } : { explanation, fix, framework };

const keepBytes = 'Give the receiver the bytes as they came: it must be the first that reads the body.';
const sender = 'Correct the sender; Twenty itself does it right, so this is a test client, or something in between.';

/** The one table from cause to words. */
const causeTable: Readonly<Record<Cause, CauseRow>> = {
  genuine: row('The signature is right.', 'Nothing to do.'),

  // Time
  stale: row(
    'The signature is right, but it was made longer ago than the tolerance: a delivery that was saved, one that was sent again by somebody else, or a wrong clock.',
    'Nothing, if you saved it earlier: judge it as of its own time with --now signed. If it has just arrived, set the clock of this machine (NTP).',
  ),
  'in-future': row(
    'The signature is right, but its time lies further ahead than the tolerance: one of the two clocks is wrong.',
    'Set the clocks of both machines (NTP): timedatectl set-ntp true.',
  ),
  'timestamp-seconds-not-milliseconds': row(
    'Seconds and milliseconds are mixed up: X-Twenty-Webhook-Timestamp, and what is signed, are milliseconds since 1970.',
    'Send, sign and pass on the same text: String(Date.now()).',
    lines.timestamp,
  ),
  'timestamp-changed': row(
    'The signature is right for another time than X-Twenty-Webhook-Timestamp says: the header was changed after signing.',
    'Sign and send one and the same text; let nothing in between rewrite the header. If nobody here did, it is a replay: refuse it.',
    lines.timestamp,
  ),
  'timestamp-missing': row(
    'There is a signature, but no X-Twenty-Webhook-Timestamp, which is part of what is signed: something between Twenty and you drops the header.',
    'Let proxies pass every X-Twenty-* header on.',
    lines.headers,
  ),
  'timestamp-malformed': row(
    'X-Twenty-Webhook-Timestamp is not whole milliseconds since 1970 in digits.',
    `Send String(Date.now()), once. ${sender}`,
    lines.timestamp,
  ),

  // Headers
  'signature-missing': row(
    'No X-Twenty-* header at all: the webhook has no secret, so Twenty does not sign; or a proxy drops them; or this was not sent by Twenty.',
    'Give the webhook a secret in Twenty (Settings > APIs & Webhooks), and let proxies pass X-Twenty-* on.',
    lines.headers,
  ),
  'signature-empty': row(
    'The signature header is there, but empty.',
    'Give the webhook a secret in Twenty; look for a proxy or client that sets the header from an empty variable.',
    lines.headers,
  ),
  'header-lost': row(
    'Some of the X-Twenty-Webhook-* headers are there, X-Twenty-Webhook-Signature is not: something between Twenty and you drops it.',
    'Let proxies pass every X-Twenty-* header on.',
    lines.headers,
  ),
  'header-renamed': row(
    'The signature is there under another name, as gateways and CGI-like servers write it; a receiver looks for X-Twenty-Webhook-Signature or X-Twenty-Signature.',
    'Give the receiver the headers by their HTTP names.',
    lines.headers,
  ),
  'signature-repeated': row(
    'The signature header came several times, so none of them is believed.',
    'Find what adds the header a second time, often a proxy that sets what it also passes on.',
    lines.headers,
  ),
  'signature-of-the-guide': row(
    'This is the placeholder of the curl line in the Twenty guide ("test-signature"), not a signature.',
    'Send a signed test delivery: twenty-webhooks send person.created --to URL.',
  ),
  'signature-placeholder': row(
    'The signature is one pattern again and again: a placeholder or a forgery, no HMAC.',
    'If it was a test, sign it: twenty-webhooks send person.created --to URL. If not, somebody tries: it is right to refuse it.',
  ),
  'signature-truncated': row(
    'The signature is cut off: it has fewer than 64 hex digits.',
    'Look for a column, log or variable with a limited width, or an incomplete copy.',
  ),
  'signature-not-hex': row('The signature has characters that are no hex digits.', `Send lower-case hex. ${sender}`),
  'signature-prefix-wrong': row(
    'The prefix of the signature is wrong: X-Twenty-Signature is "sha256=" and 64 hex digits, X-Twenty-Webhook-Signature the digits alone.',
    sender,
  ),
  'signature-malformed': row('The signature does not have the form of one: 64 hex digits.', sender),
  'signature-altered': row(
    'The body, the time and your secret are right; some characters of the signature itself were changed.',
    'Look for an incomplete copy or something that rewrites headers. If nobody here did, somebody tries: it is right to refuse it.',
  ),
  'forged-timestamped-beside-genuine-plain': row(
    'X-Twenty-Signature is right, X-Twenty-Webhook-Signature beside it is not. The one with the time decides, or anybody could get around it: this looks like a captured delivery that was sent again.',
    'It is right to refuse it. If you sent it yourself, send one family of headers, not both.',
  ),

  // Scheme
  'wrong-scheme': row(
    'Your secret is right, but it was signed in another way: Twenty signs X-Twenty-Webhook-Timestamp ":" body, HMAC-SHA256, hex, with the secret as text.',
    sender,
    lines.scheme,
  ),

  // Secret
  'wrong-secret': row(
    'None of your secrets makes this signature, and no change that can be undone explains it: most likely it was signed with another secret, or else the body was changed in a way that cannot be undone (a value edited, members moved).',
    "Copy this webhook's secret from Twenty again (each webhook has its own). After a rotation give both, old and new: Twenty uses the old one for a while. If the secret is right, compare the body with what was sent.",
    lines.secret,
  ),
  'secret-trailing-newline': row(
    'The secret has a newline at its end that does not belong to it.',
    'Write it without: printf %s "$SECRET" > file, not echo.',
    lines.secret,
  ),
  'secret-white-space': row(
    'There is white space around the secret that does not belong to it.',
    'Take it away where the secret is set.',
    lines.secret,
  ),
  'secret-quoted': row(
    'The quotes around the secret have become a part of it.',
    'Take the quotes away: docker --env-file and systemd, for example, keep them.',
    lines.secret,
  ),
  'secret-altered': row(
    'The secret was changed on its way into your configuration.',
    'Copy it from Twenty again, exactly.',
    lines.secret,
  ),

  // Body
  'body-empty': row(
    'The body is empty: a redirect or a proxy dropped it, or something had read it before it was saved.',
    `Give Twenty the final URL (no redirect from http to https, none to add a slash). ${keepBytes}`,
    lines.body,
  ),
  redirected: row(
    'This is a GET with the headers of a delivery: Twenty follows 301 and 302 by a GET without the body.',
    'Give Twenty the final URL: https at once, with or without the slash as your server wants it.',
  ),
  'wrong-method': row('Twenty sends deliveries by POST.', sender),
  'body-pretty-printed': row(
    'The body was pretty-printed after signing: the signature is right for the same JSON in compact form.',
    keepBytes,
    lines.body,
  ),
  'body-reserialised': row(
    'The body was parsed and written again after signing: the same JSON, other bytes.',
    keepBytes,
    lines.body,
  ),
  'body-newline-added': row(
    'A newline was added at the end of the body: by an editor, echo, or a template.',
    `Save and pass on exact bytes: curl --data-binary @file (-d takes newlines out), printf %s, no editor. ${keepBytes}`,
    lines.body,
  ),
  'body-white-space-added': row('White space was added around the body.', keepBytes, lines.body),
  'body-newline-removed': row(
    'The newline at the end of the body was taken away: curl -d and trim() do that.',
    `curl --data-binary @file. ${keepBytes}`,
    lines.body,
  ),
  'body-bom-added': row(
    'A byte order mark (EF BB BF) was put before the body: Windows editors, PowerShell and .NET do that.',
    'Save it as UTF-8 without BOM: new UTF8Encoding(false), Out-File -Encoding utf8NoBOM.',
    lines.body,
  ),
  'body-bom-removed': row(
    'The byte order mark at the start of the body was taken away: text decoders do that.',
    keepBytes,
    lines.body,
  ),
  'body-line-endings': row(
    'The line endings in the body were changed (LF, CRLF): by an editor, git, or FTP.',
    `Save exact bytes; for files in git: *.json -text in .gitattributes. ${keepBytes}`,
    lines.body,
  ),
  'body-decoded-wrongly': row(
    'The body was read in one character encoding and written in another: Twenty sends UTF-8.',
    `${keepBytes} A chunk is no text: a character may be cut in two by text += chunk.`,
    lines.body,
  ),
  'body-base64-encoded': row('The body is base64: an API gateway hands binary bodies on so.', keepBytes, lines.body),
  'body-encoded': row(
    'The body was encoded after signing: it is the JSON no more, but a text that stands for it.',
    keepBytes,
    lines.body,
  ),
  'body-wrapped': row(
    'Something was put around the body after signing: what was sent is only a part of it.',
    keepBytes,
    lines.body,
  ),
  'body-not-an-event': row(
    'The body is not what Twenty sent: it is no event. Something replaced it, so whether the secret is right cannot be told.',
    keepBytes,
    lines.body,
  ),
  'body-compressed': row(
    'The body was compressed after signing; Twenty sends it uncompressed.',
    'Turn off compression of requests in the proxy, or decompress before the receiver.',
    lines.body,
  ),
  'body-truncated': row(
    'The body is incomplete.',
    'Look for a size limit (proxy, parser, log, database column) and for chunks that were not awaited.',
    lines.body,
  ),
  'body-changed': row(
    'The body does not have the length that content-length says: it was changed on its way, in a way that cannot be undone here.',
    keepBytes,
    lines.body,
  ),
  'body-bit-changed': row(
    'The body was changed in one place after signing: damage, or tampering.',
    'It is right to refuse it. Find out what lies between Twenty and you.',
  ),
  'event-name-changed': row(
    "The event's name was changed after signing: the signature is right for another event. Nobody but a forger, or a test of yours, does that.",
    'It is right to refuse it.',
  ),

  // Genuine, but of no use
  'content-encoding': row(
    'The signature is right for the body as it was given, but content-encoding says that it is compressed, and a receiver refuses that unread.',
    'Twenty sends uncompressed. If something compresses on the way and something else decompresses, let it take the header away too.',
    { nginx: 'proxy_set_header Content-Encoding "";' },
  ),
  'body-too-large': row(
    'The body is over 5 MiB: a receiver refuses it with 413, unless its maxBodyBytes allows for more.',
    'Set maxBodyBytes, and the limits of proxies before it.',
    { receiver: 'twentyWebhooks({ maxBodyBytes: 10 * 1024 * 1024, … })', nginx: 'client_max_body_size 10m;' },
  ),
  'not-utf8': row(
    'The signature is right, but the body is not UTF-8.',
    'The sender is wrong: Twenty sends UTF-8. Is the secret used elsewhere?',
  ),
  'not-json': row(
    'The signature is right, but the body is not JSON.',
    'The sender is wrong: Twenty sends JSON. Is the secret used elsewhere?',
  ),
  'not-an-event': row(
    'The signature is right, but the body is not an event of Twenty: it has no eventName, and no event.',
    'Is the secret used elsewhere?',
  ),
};

/** The words for a cause. */
export const causeRow = (cause: Cause): CauseRow => causeTable[cause];
