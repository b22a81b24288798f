import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { joinBytes } from './join-bytes.ts';
import { type Answer, toAnswer } from './outcome.ts';
import { type BodyLimits, bodyError, type ReadBody } from './read-body.ts';
import type { Receiver } from './receiver.ts';

/**
 * Make a listener for `http.createServer`. It answers every request: routing is yours.
 *
 * @example
 * http.createServer(toNodeHandler(receiver)).listen(3000);
 */
export function toNodeHandler(receiver: Pick<Receiver, 'receive'>): RequestListener {
  return (request, response) => {
    const { method = '', url = '', headers } = request;
    receiver.receive({ method, url, headers, body: nodeBody(request) }).then(
      (outcome) => writeAnswer(response, toAnswer(outcome)),
      (error: unknown) => {
        // A programming error. The sender learns that it failed, the developer why.
        process.emitWarning(error instanceof Error ? error : String(error));
        writeAnswer(response, { status: 500, headers: {}, body: '' });
      },
    );
  };
}

/** What body parsers leave behind. */
type ParsedMessage = IncomingMessage & { readonly body?: unknown; readonly rawBody?: unknown };

/**
 * Find the original bytes of a Node request: `rawBody` or a `Buffer` in `body`, left by a raw parser, else the stream if
 * nobody has read it. If it was read, the result rejects at once with `BODY_ALREADY_PARSED`: an object is never made into
 * bytes again.
 *
 * @param options.fix the line to change in this framework, for the developer's log
 * @param options.rawBody the raw body, for frameworks that keep it elsewhere
 */
export function nodeBody(
  request: ParsedMessage,
  options: { readonly fix?: string; readonly rawBody?: unknown } = {},
): Uint8Array | ReadBody {
  const { body, headers } = request;
  const rawBody = options.rawBody ?? request.rawBody;
  if (rawBody instanceof Uint8Array) return rawBody;
  if (typeof rawBody === 'string') return new TextEncoder().encode(rawBody);
  if (body instanceof Uint8Array) return body;
  if (headers['content-length'] === '0') return new Uint8Array();
  return (limits) => readRequest(request, limits, () => bodyError('BODY_ALREADY_PARSED', options));
}

/** Read an unread request within the limits; when it rejects, the request is paused and nothing of it is kept. */
function readRequest(request: IncomingMessage, limits: BodyLimits, alreadyParsed: () => Error): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    // Parsers leave `{}` or nothing in `body` of requests they skipped, so only the stream can tell.
    if (request.readableDidRead || request.readableEnded) return reject(alreadyParsed());
    if (request.destroyed) return reject(bodyError('BODY_INCOMPLETE'));
    const chunks: Uint8Array[] = [];
    let length = 0;
    const timer = setTimeout(() => fail(bodyError('BODY_TIMEOUT')), limits.timeoutMs);
    const stop = (): void => {
      clearTimeout(timer);
      request.off('data', onData).off('end', onEnd).off('error', onError).off('close', onError);
    };
    const fail = (error: Error): void => {
      stop();
      request.pause();
      reject(error);
    };
    const onData = (chunk: Uint8Array | string): void => {
      // A string: somebody called setEncoding, and these are no bytes any more.
      length += chunk.length;
      if (typeof chunk === 'string') fail(alreadyParsed());
      else if (length > limits.maxBytes) fail(bodyError('BODY_TOO_LARGE'));
      else chunks.push(chunk);
    };
    const onEnd = (): void => {
      stop();
      resolve(joinBytes(chunks));
    };
    const onError = (cause?: unknown): void => fail(bodyError('BODY_INCOMPLETE', { cause }));
    request.on('data', onData).on('end', onEnd).on('error', onError).on('close', onError).resume();
  });
}

/** Write an answer. After one that says `connection: close` the connection ends as soon as the sender has seen it. */
export function writeAnswer(response: ServerResponse, { status, headers, body }: Answer): void {
  // The sender has hung up, or somebody else has answered.
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  if (headers.connection !== 'close') {
    response.end(body);
    return;
  }
  // A socket that is closed while the sender still writes is reset, and the answer lost with it. So the answer goes out
  // whole, a little of what still comes is thrown away, the sender gets a moment to read, and then it is closed. Only a
  // little, since what is thrown away takes memory until it is collected.
  response.write(body);
  const close = (): void => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(close, lingerMs);
  let thrownAway = 0;
  response.req
    .on('data', (chunk: Uint8Array) => {
      thrownAway += chunk.length;
      if (thrownAway > lingerBytes) response.req.pause();
    })
    .once('end', close)
    .once('close', close)
    .resume();
}

const lingerMs = 1_000;
const lingerBytes = 1024 * 1024;
