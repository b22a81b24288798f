/** What to do about a delivery that was not taken. The receiver says what happened; this says where to turn next. */
export function fixOf(code: string | undefined): string | undefined {
  return code === undefined ? undefined : fixes[code];
}

const compareSecrets =
  'Compare the secret with that of the webhook in Twenty (Settings → API & Webhooks), a line break at its end too.';

const fixes: Readonly<Record<string, string>> = {
  SIGNATURE_MISMATCH: `${compareSecrets} Then see under "Body" whether it is compact JSON as Twenty sends it. "npx twenty-webhooks verify" names the cause.`,
  SIGNATURE_MISSING:
    'Give the webhook in Twenty a secret; with one, look for a proxy or tunnel that drops X-Twenty-* headers.',
  SIGNATURE_MALFORMED: 'Look at the signature header below: something on the way changed or repeated it.',
  TIMESTAMP_MISSING: 'Look for a proxy or tunnel that drops X-Twenty-Webhook-Timestamp.',
  TIMESTAMP_MALFORMED: 'Whoever signs must send milliseconds as whole digits, like Date.now().',
  TIMESTAMP_TOO_OLD:
    'An old delivery that is sent again must be signed anew: use Replay with a fresh signature. Else set the clock right, here or at the sender.',
  TIMESTAMP_IN_FUTURE: 'Set the clock right, here or at the sender.',
  METHOD_NOT_ALLOWED:
    'A GET with signature headers is a POST that met a redirect: give Twenty the final URL (https, no slash more or less).',
  BODY_EMPTY: 'Give Twenty the final URL: a redirect turns the POST into an empty GET. Else look at the proxy.',
  BODY_TOO_LARGE: 'Twenty sends bodies of a few kilobytes; see what sent this one.',
  CONTENT_ENCODING_UNSUPPORTED: 'Twenty does not compress: turn it off in the proxy in between.',
  BODY_NOT_EVENT: 'Something else signs with this secret: give each webhook a secret of its own.',
};
