import { knownCode } from '../http/explain-code.ts';
import { printable } from '../terminal/printable.ts';
import { maskTokens } from './mask-answer.ts';
import { type ProbeResult, textOf } from './probe.ts';

/** Say why an endpoint refuses genuine deliveries, as far as the answer tells. */
export function explainRefusal(probed: ProbeResult): { readonly why: string; readonly fix: string } {
  const { result } = probed;
  if (result?.kind !== 'answer') {
    return { why: 'it cuts the connection', fix: 'See its log: it ends the connection without an answer.' };
  }
  const { status, headers } = result;
  const said = quote(probed);
  const known = knownCode(result);
  if (known !== undefined) return { why: `it says ${known.code}`, fix: `${upperFirst(known.meaning)}.` };
  if (status === 401 && headers['www-authenticate'] !== undefined) {
    return {
      why: 'something in front of it asks for a password',
      fix: 'Let the path of the webhook pass without one: the signature protects it. (Or put user and password into the URL.)',
    };
  }
  if (status === 404 || status === 405) {
    return {
      why: status === 404 ? 'there is nothing at this path' : 'this path takes no POST',
      fix: 'Check path and port (the receivers of this project answer at /webhooks/twenty), and that the route is one for POST.',
    };
  }
  if (status >= 500) {
    return { why: `it fails with ${status}`, fix: `See its log.${said} Give --event if it handles other events only.` };
  }
  return {
    why: `it answers ${status} to genuine deliveries`,
    fix: `Check that it has the same secret, verifies the bytes as they were received (before any JSON parser), and takes the timestamp for milliseconds.${said}`,
  };
}

function quote(probed: ProbeResult): string {
  const text = printable(maskTokens(textOf(probed).trim()).slice(0, 100));
  return text === '' || text.startsWith('<') ? '' : ` It said: ${text}`;
}

const upperFirst = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
