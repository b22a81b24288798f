import { maskValues } from '../mask-values.ts';
import { exitCodes } from '../terminal/exit-codes.ts';
import { printable } from '../terminal/printable.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { ApiError, refusal } from './api-error.ts';

/** Where the API is, and with what right. */
export interface ApiConnection {
  readonly terminal: Terminal;
  /** With `/rest` at the end. */
  readonly base: string;
  readonly key: string;
}

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Behind the base: `/webhooks`. */
  readonly path: string;
  readonly body?: object;
  /** What Twenty is told, or knows, and must not be repeated, beside the key. */
  readonly confidential?: readonly string[];
}

/**
 * Ask Twenty, for 15 s at most, and once more if it says when. Redirects are not followed: the key is for this host.
 *
 * @returns the JSON of an answer that says yes
 * @throws ApiError
 */
export async function askApi(connection: ApiConnection, request: ApiRequest): Promise<unknown> {
  const progress = connection.terminal.progress();
  progress.update('Waiting for Twenty');
  try {
    const first = await answerOf(connection, request);
    const seconds = first.status === 429 ? waitSeconds(first.retryAfter) : undefined;
    if (seconds === undefined) return read(connection, request, first);
    progress.update(`Twenty's limit of requests is reached; asking again in ${seconds} s, as it says`);
    await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
    return read(connection, request, await answerOf(connection, request));
  } finally {
    progress.stop();
  }
}

interface ApiAnswer {
  readonly status: number;
  readonly text: string;
  readonly location: string | undefined;
  readonly retryAfter: string | undefined;
}

async function answerOf(
  { base, key }: ApiConnection,
  { method, path, body, confidential = [] }: ApiRequest,
): Promise<ApiAnswer> {
  const limit = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(`${base}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        accept: 'application/json',
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      redirect: 'manual',
      signal: limit,
    });
    return {
      status: response.status,
      text: await textOf(response),
      location: response.headers.get('location') ?? undefined,
      retryAfter: response.headers.get('retry-after') ?? undefined,
    };
  } catch (thrown) {
    if (thrown instanceof ApiError) throw thrown;
    const { code = '', message = '' } = Object((thrown as Error).cause) as Partial<NodeJS.ErrnoException>;
    const why = limit.aborted
      ? `no answer within ${timeoutMs / 1_000} s`
      : code || printable(maskValues(message, [key, ...confidential]));
    const hint = code.includes('CERT') ? ' A certificate authority of your own goes into NODE_EXTRA_CA_CERTS.' : '';
    throw new ApiError(
      'API_UNREACHABLE',
      `Twenty at ${printable(base)} cannot be reached: ${why}. Check TWENTY_API_URL.${hint}`,
      {
        exitCode: exitCodes.unreachable,
        // The request may have arrived, unless there never was a connection.
        isDone:
          limit.aborted || !/^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|E(HOST|NET)UNREACH)$/.test(code) ? 'perhaps' : 'no',
      },
    );
  }
}

/** The whole of it, up to 16 MiB, which is some 50,000 webhooks. */
async function textOf({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > mostBytes) {
      const message = 'The answer is larger than 16 MiB: that is no list of webhooks. Is TWENTY_API_URL right?';
      throw new ApiError('API_ANSWER_STRANGE', message, { isDone: 'perhaps' });
    }
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

/** What `Retry-After` says, in seconds or as a date; `undefined` for more than a minute. */
function waitSeconds(retryAfter: string | undefined): number | undefined {
  if (retryAfter === undefined) return undefined;
  const seconds = /^\d+$/.test(retryAfter)
    ? Number(retryAfter)
    : Math.ceil((Date.parse(retryAfter) - Date.now()) / 1_000);
  return seconds <= 60 ? Math.max(0, seconds) : undefined;
}

function read({ base, key }: ApiConnection, { confidential = [] }: ApiRequest, answer: ApiAnswer): unknown {
  if (answer.status >= 300) throw refusal(base, answer, [key, ...confidential]);
  try {
    return answer.text === '' ? null : JSON.parse(answer.text);
  } catch {
    throw new ApiError(
      'API_URL_WRONG',
      `${printable(base)} answers, but not with JSON: that is no API of Twenty. Set TWENTY_API_URL to the server, like https://crm.example.com`,
      { isDone: 'perhaps' },
    );
  }
}

const timeoutMs = 15_000;
const mostBytes = 16 * 1024 * 1024;
