import { type Outcome, toAnswer } from './outcome.ts';
import { bodyError, webBody } from './read-body.ts';
import type { ReceivedRequest } from './receiver.ts';

/** Take a delivery from a web-standard request to a web-standard response. */
export async function fetchWith(
  receive: (request: ReceivedRequest) => Promise<Outcome>,
  request: Request,
): Promise<Response> {
  const { status, headers, body } = toAnswer(await receive(toReceived(request)));
  return new Response(request.method === 'HEAD' ? null : body, { status, headers });
}

function toReceived(request: Request): ReceivedRequest {
  const { method, url, headers, body, bodyUsed } = request;
  if (bodyUsed) return { method, url, headers, body: () => Promise.reject(bodyError('BODY_ALREADY_PARSED', { fix })) };
  return { method, url, headers, body: body === null ? new Uint8Array() : webBody(body) };
}

const fix = 'Hand over the request before anybody calls json(), text() or formData(), or hand over request.clone().';
