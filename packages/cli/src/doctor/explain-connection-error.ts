/** Say what a connection that failed means to Twenty, and what to do. `code` is Node's. */
export function explainConnectionError(code: string): { readonly twenty: string; readonly fix: string } {
  const [, twenty, fix] = explanations.find(([codes]) => codes.test(code)) ?? [];
  return {
    twenty: `cannot reach it either: ${twenty ?? code}; the event is lost`,
    fix: fix ?? `Find out why the connection fails (${code}).`,
  };
}

/** Whether somebody was there, and hung up. Everything else failed before the request was out. */
export const isCut = (code: string): boolean => /^(ECONNRESET|EPIPE|HPE_.*)$/.test(code);

const explanations: readonly (readonly [codes: RegExp, twenty: string, fix: string])[] = [
  [/ECONNREFUSED/, 'nobody listens there', 'Start the server; check host and port.'],
  [/ENOTFOUND|EAI_AGAIN/, 'there is no such host', 'Check the name of the host.'],
  [/EHOSTUNREACH|ENETUNREACH|ETIMEDOUT/, 'no way leads there', 'Check the address and firewalls.'],
  [
    /SELF_SIGNED|UNABLE_TO|CERT/,
    'the certificate is not trusted',
    'Use a certificate that clients trust, with its whole chain. For one of your own, on this machine: NODE_EXTRA_CA_CERTS=ca.pem.',
  ],
  [/EPROTO|WRONG_VERSION/, 'what answers does not speak TLS', 'Write http:// instead of https://, or check the port.'],
  [
    /ECONNRESET|EPIPE/,
    'it cuts every connection before its answer is whole',
    'Write https:// instead of http://, or check the port and its log.',
  ],
  [/^TIMEOUT$/, 'it takes the connection and never answers', 'See whether it answers at all: check port and log.'],
  [/^HPE_/, 'what answers does not speak HTTP', 'Check the port.'],
];
