import type { HttpFailure } from './send-request.ts';

/** Say why there was no answer: what happened, the likely cause, the fix. */
export function explainFailure({ code, durationMs }: Pick<HttpFailure, 'code' | 'durationMs'>): string {
  if (code === 'TIMEOUT') {
    return (
      `No answer within ${Math.round(durationMs / 1_000)} s, and Twenty waits only 5 s: the handler hangs, or works before it ` +
      'answers. Answer once the event is stored (an inbox), and work afterwards.'
    );
  }
  const known = Object.hasOwn(failures, code) ? failures[code] : undefined;
  if (known !== undefined) return known;
  // Before ERR_TLS_*: a certificate for another host is one of those.
  if (/CERT|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH/.test(code)) {
    return (
      `The certificate is not one that Twenty trusts (${code}): self-signed, expired, for another host, or sent without ` +
      'its chain. Serve a valid certificate with its whole chain; on your own machine use http://.'
    );
  }
  if (code === 'EPROTO' || /^ERR_(SSL|TLS)_/.test(code)) {
    return `No encrypted connection came about (${code}): that port does not speak https, or only an old version of it. Write http:// if it is a plain server, else renew its TLS settings.`;
  }
  if (code.startsWith('HPE_')) {
    return `What came back is not HTTP (${code}): another service listens on that port, or it speaks https or HTTP/2 only. Correct the port or the scheme.`;
  }
  return `No answer (${code}). Look at the server's log, and try whether the URL can be reached from this machine at all.`;
}

const cut =
  'The connection was cut before the answer was complete: the server crashed or restarted, a proxy gave up, or the port speaks https only. Look at its log; for https write https://.';
const unreachable =
  'The host cannot be reached from this machine: it is down, a firewall drops the connection, or the address is wrong. Check the URL and the network.';

const failures: { readonly [code: string]: string | undefined } = {
  ECONNREFUSED:
    'Nobody listens on that port: the server is not running, or it listens on another port or address. Start it, or correct the URL.',
  ENOTFOUND:
    'There is no host of that name: a typo in the URL, or a tunnel that has ended and got a new name. Correct the URL.',
  EAI_AGAIN:
    'The host name could not be looked up: no network, or no name server that answers. Try again once there is one.',
  ECONNRESET: cut,
  ECONNABORTED: cut,
  EPIPE: cut,
  ERR_STREAM_PREMATURE_CLOSE: cut,
  EHOSTUNREACH: unreachable,
  ENETUNREACH: unreachable,
  EADDRNOTAVAIL: unreachable,
  EHOSTDOWN: unreachable,
  ETIMEDOUT: unreachable,
  HPE_HEADER_OVERFLOW:
    "The answer's headers are larger than 16 KiB (HPE_HEADER_OVERFLOW): cookies that pile up are usual. An answer to Twenty needs none.",
  ABORT_ERR: 'Cancelled before there was an answer.',
};
