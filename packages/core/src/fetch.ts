import { type Outcome, toAnswer } from './outcome.ts';
import { webBody } from './read-body.ts';
import type { ReceivedRequest } from './receiver.ts';

/** Take a delivery from a web-standard request to a web-standard response. */
export async function fetchWith(
  receive: (request: ReceivedRequest) => Promise<Outcome>,
  request: Request,
): Promise<Response> {
  const { method, url, headers } = request;
  const { status, ...answer } = toAnswer(await receive({ method, url, headers, body: webBody(request, { fix }) }));
  return new Response(method === 'HEAD' ? null : answer.body, { status, headers: answer.headers });
}

const fix = 'Hand over the request unread, or a clone()';
