import { within } from './deadline.ts';
import { WebhookError } from './errors.ts';
import { joinBytes } from './join-bytes.ts';
import { reasonOf } from './outcome.ts';

/** What a body may cost; the receiver sets it. */
export interface BodyLimits {
  readonly maxBytes: number;
  /** For the whole body, however steadily it trickles. */
  readonly timeoutMs: number;
}

/**
 * Reads the body as it was received. Rejects with `BODY_TOO_LARGE`, `BODY_TIMEOUT`, `BODY_INCOMPLETE` or
 * `BODY_ALREADY_PARSED`, and leaves the source paused or cancelled then, with nothing kept.
 */
export type ReadBody = (limits: BodyLimits) => Promise<Uint8Array>;

/** Why there is no body: the codes with which a `ReadBody` may reject. */
export type BodyErrorCode = 'BODY_TOO_LARGE' | 'BODY_TIMEOUT' | 'BODY_INCOMPLETE' | 'BODY_ALREADY_PARSED';

/** Make the error with which a `ReadBody` says why there is no body; `fix` names the line to change. */
export function bodyError(
  code: BodyErrorCode,
  options?: { readonly fix?: string; readonly cause?: unknown },
): WebhookError {
  return new WebhookError(code, options?.fix ? `${reasonOf(code)}. ${options.fix}` : reasonOf(code), options);
}

/**
 * Find the original bytes of a web-standard request: its stream, if nobody has read it. If somebody has, the result
 * rejects at once with `BODY_ALREADY_PARSED`.
 *
 * @param options.fix the line to change in this framework, for the developer's log
 */
export function webBody(
  { body, bodyUsed }: Pick<Request, 'body' | 'bodyUsed'>,
  options: { readonly fix?: string } = {},
): Uint8Array | ReadBody {
  if (bodyUsed || body?.locked) return () => Promise.reject(bodyError('BODY_ALREADY_PARSED', options));
  return body === null ? new Uint8Array() : (limits) => readStream(body, limits);
}

async function readStream(
  stream: ReadableStream<Uint8Array>,
  { maxBytes, timeoutMs }: BodyLimits,
): Promise<Uint8Array> {
  const reader = stream.getReader();
  try {
    const bytes = await within(timeoutMs, collect(reader, maxBytes));
    if (bytes === undefined) throw bodyError('BODY_TIMEOUT');
    return bytes.value;
  } catch (error) {
    // Tells the sender's side to stop; whether it likes that does not matter any more.
    reader.cancel().catch(() => {});
    throw error;
  }
}

async function collect(reader: ReadableStreamDefaultReader<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read().catch((cause: unknown) => {
      throw bodyError('BODY_INCOMPLETE', { cause });
    });
    if (done) return joinBytes(chunks);
    length += value.length;
    if (length > maxBytes) throw bodyError('BODY_TOO_LARGE');
    chunks.push(value);
  }
}
