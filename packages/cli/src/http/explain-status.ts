/** What an explanation may take from an answer beside its status. */
export interface StatusContext {
  /** Whether the answer has a `www-authenticate` header. */
  readonly asksForLogin: boolean;
  /** Where a redirect leads to, ready to print. */
  readonly target: string;
}

/** Say why a status other than 200 is no success for Twenty: what happened, the likely cause, the fix. */
export function explainStatus(status: number, { asksForLogin, target }: StatusContext): string {
  if (status > 200 && status < 300) {
    return `Answered ${status}: Twenty's guide takes nothing but 200 for success. Answer exactly 200 once the event is safe.`;
  }
  if (status === 301 || status === 302 || status === 303) {
    return `${status}, redirected to ${target}: Twenty's client follows with an empty GET, so the event is lost. Usual causes are http for https, a slash at the end, or a login page. Give Twenty the final URL.`;
  }
  if (status === 307 || status === 308) {
    return `${status}, redirected to ${target}: Twenty's client follows with the same POST, but each hop takes of its 5 s, and other clients do not follow. Give Twenty the final URL.`;
  }
  if (status === 401 && asksForLogin) {
    return '401, and asks for a login: something in front of the receiver (basic auth, a proxy, a preview protection) wants credentials that Twenty does not have. Exempt this path from it; the signature is its protection.';
  }
  const known = statuses[status];
  if (known !== undefined) return `${status}, ${known}`;
  if (status >= 500) {
    return `${status}, the server failed: the handler threw, or a proxy got no good answer from it. Look at its log; store the event first (an inbox), so that a failing handler does not lose it.`;
  }
  if (status >= 400) return `${status}, the endpoint refuses it. Look at its log, and at what stands in front of it.`;
  return `${status} is no answer that Twenty takes for success. Answer exactly 200 once the event is safe.`;
}

const forbidden =
  'refused: the endpoint has another secret, or something (a JSON parser, a proxy) changed the body before the check, or a login, a CSRF protection or a firewall stands in front. Compare the secrets, verify the raw bytes, exempt this path.';
const behindProxy =
  'a proxy or tunnel answered for a server that it cannot reach, or that is overloaded or too slow. Start the server behind it, and check the port that it forwards to.';

const statuses: { readonly [status: number]: string | undefined } = {
  400: 'the endpoint could not make sense of the request: a parser or a check of its own refuses the body, or it is an https port that was sent plain http. Look at its log.',
  401: forbidden,
  403: forbidden,
  404: 'there is nothing at this path: a typo, a missing prefix, or another server on this port. Correct the path of the URL.',
  405: 'the path exists but takes no POST: the route is made for GET, or it is a page. Add a POST route, or correct the path.',
  408: 'the server gave up while it waited for the body: a proxy holds it back, or its time limit is too short. Raise the limit.',
  409: 'busy: the same event is being handled right now, or it clashes with what is there. Send it once more in a moment.',
  410: 'this URL is gone: an endpoint or a tunnel that has ended. Give Twenty the new URL.',
  411: 'something in front wants a content-length header. Let it take bodies without one.',
  413: 'the body is larger than the endpoint allows: body parsers stop at 100 kB, proxies at 1 MB. Raise that limit to 5 MB.',
  415: 'the endpoint does not take application/json, or not with this encoding. Let it accept what Twenty sends.',
  422: 'the endpoint understood the body but does not accept it: a schema that is too strict. Make fields optional; Twenty leaves some out.',
  429: 'too many requests: a rate limit of the endpoint or in front of it. Exempt this path, since Twenty sends bursts and does not repeat them.',
  431: 'the headers are larger than the endpoint allows. Raise that limit.',
  500: 'the server failed: most likely the handler threw, or a body parser did. Look at its log; store the event first (an inbox), so that a failing handler does not lose it.',
  501: 'the server does not know how to take a POST here. Add a POST route, or correct the URL.',
  502: behindProxy,
  503: 'not available: the server starts or stops, is overloaded, or what it needs (a database, an inbox) is down. Look at its log.',
  504: behindProxy,
};
