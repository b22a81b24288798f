import { signDelivery } from '@twenty-webhooks/testing';
import { toHttpUrl } from '../http/send-request.ts';
import { CommandError } from '../terminal/command-error.ts';
import type { StoredDelivery } from './delivery-store.ts';
import type { ReplayRequest, ReplayResult } from './inspector-api.ts';
import { type HeaderPair, headersToPass, passOn } from './pass-on.ts';

/** Send a delivery once more. @throws URL_INVALID, SECRET_MISSING */
export async function replayDelivery(
  { summary, rawHeaders, body }: StoredDelivery,
  { url, sign }: ReplayRequest,
  { secret, signal }: { readonly secret: string | undefined; readonly signal: AbortSignal },
): Promise<ReplayResult> {
  const target = toHttpUrl(url);
  const passed = headersToPass(rawHeaders);
  const headers = sign === 'fresh' ? signAnew(passed, body, secret) : passed;
  const { forward } = await passOn(target, { method: summary.method, headers, body }, { signal });
  return forward;
}

/** In the scheme that the delivery had. */
function signAnew(headers: readonly HeaderPair[], body: Uint8Array, secret: string | undefined): HeaderPair[] {
  if (secret === undefined) {
    throw new CommandError('SECRET_MISSING', 'Nothing can be signed: listen was started with --unsigned');
  }
  const names = new Set(headers.map(([name]) => name.toLowerCase()));
  const isPlain = names.has('x-twenty-signature') && !names.has('x-twenty-webhook-signature');
  const signed = signDelivery(body, { secret, format: isPlain ? 'envelope' : 'server' });
  const signatures = Object.entries(signed.headers).filter(([name]) => signatureHeaders.has(name));
  return [...headers.filter(([name]) => !signatureHeaders.has(name.toLowerCase())), ...signatures];
}

const signatureHeaders: ReadonlySet<string> = new Set([
  'x-twenty-webhook-timestamp',
  'x-twenty-webhook-signature',
  'x-twenty-webhook-nonce',
  'x-twenty-signature',
]);
