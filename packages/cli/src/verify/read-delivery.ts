import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { CommandError } from '../terminal/command-error.ts';
import { type Delivery, toDelivery } from './delivery.ts';
import { type HeaderPairs, parseHeaderLine, parseHeaders } from './parse-headers.ts';
import { isRequest, splitRequest } from './split-request.ts';
import type { VerifyCommandOptions } from './verify-options.ts';

/**
 * Read the delivery that the options name.
 *
 * @throws BODY_MISSING, HEADERS_MISSING, OPTIONS_CONFLICT, FILE_UNREADABLE, HEADER_INVALID, HEADERS_INVALID, BODY_IS_REQUEST,
 * REQUEST_INVALID
 */
export async function readDelivery(options: VerifyCommandOptions): Promise<Delivery> {
  const { body, headers, request } = options;
  const extra = (options.header ?? []).map(toPair);
  if (request !== undefined) {
    if (body !== undefined || headers !== undefined) {
      throw new CommandError('OPTIONS_CONFLICT', '--request holds headers and body: leave --body and --headers out.');
    }
    const { method, pairs, body: bytes } = splitRequest(await read(request));
    if (pairs.length === 0) {
      throw new CommandError(
        'REQUEST_INVALID',
        `${nameOf(request)} is no HTTP request: headers, an empty line, then the body.`,
      );
    }
    return toDelivery([...pairs, ...extra], bytes, method);
  }
  if (body === undefined) {
    throw new CommandError(
      'BODY_MISSING',
      'No body: give --body FILE with its exact bytes, or --request FILE with the whole request.',
    );
  }
  if (headers === undefined && extra.length === 0) {
    throw new CommandError(
      'HEADERS_MISSING',
      "No headers: give --headers FILE, or -H 'Name: value' for each as for curl.",
    );
  }
  if (body === '-' && headers === '-') {
    throw new CommandError('OPTIONS_CONFLICT', 'Only one of --body and --headers can be read from standard input (-).');
  }
  const bytes = await read(body);
  if (isRequest(bytes)) {
    throw new CommandError(
      'BODY_IS_REQUEST',
      `${nameOf(body)} holds a whole HTTP request, not a body: give it as --request ${body}, without --headers.`,
    );
  }
  const { method, pairs } = headers === undefined ? { method: undefined, pairs: [] } : await readHeaders(headers);
  return toDelivery([...pairs, ...extra], bytes, method);
}

async function readHeaders(
  file: string,
): Promise<{ readonly method: string | undefined; readonly pairs: HeaderPairs }> {
  const bytes = await read(file);
  // PowerShell's `>` writes UTF-16.
  const text = bytes[0] === 0xff && bytes[1] === 0xfe ? bytes.toString('utf16le') : bytes.toString('utf8');
  const { method, pairs, unread } = parseHeaders(text);
  if (pairs.length === 0) {
    throw new CommandError(
      'HEADERS_INVALID',
      `${nameOf(file)} holds no headers${unread > 0 ? ` (${unread} lines of another form)` : ''}: lines as "Name: value", or JSON as { "name": "value" }.`,
    );
  }
  return { method, pairs };
}

function toPair(line: string): HeaderPairs[number] {
  const pair = parseHeaderLine(line);
  // The value may be a signature, so it is not repeated.
  if (pair === undefined) throw new CommandError('HEADER_INVALID', "A header is written -H 'Name: value'.");
  return pair;
}

async function read(file: string): Promise<Buffer> {
  try {
    return file === '-' ? await buffer(process.stdin) : await readFile(file);
  } catch (cause) {
    const { code = 'it failed' } = cause as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a directory' : code;
    throw new CommandError('FILE_UNREADABLE', `Cannot read ${nameOf(file)}: ${reason}.`, { cause });
  }
}

const nameOf = (file: string): string => (file === '-' ? 'Standard input' : file);
