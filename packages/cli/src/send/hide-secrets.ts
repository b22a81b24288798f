import { basicCredentials } from '../http/basic-credentials.ts';
import { maskValues } from '../mask-values.ts';

/** What an endpoint was told in confidence. */
export interface Confidential {
  readonly secret: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly url: URL;
}

/**
 * Mask in an answer what an endpoint was told in confidence and says again: the secret, the signature, the URL's password and
 * query; as they were sent, trimmed, or escaped as in JSON or a URL.
 */
export function hideSecrets(text: string, { secret, headers, url }: Confidential): string {
  const signatures = Object.keys(headers).flatMap((name) => (/signature/i.test(name) ? [headers[name] ?? ''] : []));
  const credentials = basicCredentials(url)?.slice('Basic '.length) ?? '';
  return maskValues(text, [secret, ...signatures, credentials, decodeURIComponent(url.password), url.search.slice(1)]);
}
