import { CommandError } from '../terminal/command-error.ts';
import { readInput } from '../terminal/read-input.ts';
import { type Delivery, toDelivery } from './delivery.ts';
import {
  type HeaderPairs,
  headerForms,
  isComplete,
  parseHeaderLine,
  parseHeaderLines,
  parseHeaders,
  type RequestLines,
} from './parse-headers.ts';
import { isEvent, parseJson } from './parse-json.ts';
import { isRequest, splitRequest } from './split-request.ts';
import type { VerifyCommandOptions } from './verify-options.ts';

/**
 * Read the delivery that the options name.
 *
 * @throws BODY_MISSING, HEADERS_MISSING, OPTIONS_CONFLICT, FILE_UNREADABLE, HEADER_INVALID, HEADERS_INVALID, BODY_IS_REQUEST,
 * REQUEST_INVALID, INPUTS_SWAPPED
 */
export async function readDelivery(options: VerifyCommandOptions): Promise<Delivery> {
  const { body, headers, request } = options;
  const extra = (options.header ?? []).map(toPair);
  if (request !== undefined) {
    if (body !== undefined || headers !== undefined) {
      throw new CommandError('OPTIONS_CONFLICT', '--request holds headers and body: leave --body and --headers out.');
    }
    return readRequest(request, extra);
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
  const bytes = await readInput(body);
  if (isRequest(bytes)) {
    throw new CommandError(
      'BODY_IS_REQUEST',
      `${nameOf(body)} holds a whole HTTP request, not a body: give it as --request ${body}, without --headers.`,
    );
  }
  if (parseHeaderLines(bytes.toString('utf8', 0, 8 * 1024)).pairs.some(([name]) => /^x-twenty-/i.test(name))) {
    throw new CommandError(
      'INPUTS_SWAPPED',
      `${nameOf(body)} holds headers, not a body: --body and --headers seem to be swapped.`,
    );
  }
  if (headers === undefined) return toDelivery(extra, bytes);
  const text = (await readText(headers)).toString('utf8');
  if (isEvent(parseJson(text))) {
    throw new CommandError(
      'INPUTS_SWAPPED',
      `${nameOf(headers)} holds an event, not headers: --body and --headers seem to be swapped.`,
    );
  }
  const { method, pairs } = check(parseHeaders(text), extra, headers);
  return toDelivery([...pairs, ...extra], bytes, method);
}

async function readRequest(file: string, extra: HeaderPairs): Promise<Delivery> {
  const lines = splitRequest(await readText(file));
  if (lines.pairs.length === 0) {
    throw new CommandError(
      'REQUEST_INVALID',
      `${nameOf(file)} is no HTTP request: headers, an empty line, then the body.`,
    );
  }
  const { method, pairs } = check(lines, extra, file);
  return toDelivery([...pairs, ...extra], lines.body, method);
}

/** @throws HEADERS_INVALID if there are none, or what makes them complete may be in a line that was not understood. */
function check<Lines extends RequestLines>(lines: Lines, extra: HeaderPairs, file: string): Lines {
  const { pairs, unread } = lines;
  const [line] = unread;
  if (pairs.length > 0 && (line === undefined || isComplete([...pairs, ...extra]))) return lines;
  // The line may hold a signature, so it is not repeated.
  const reason =
    line === undefined ? 'there are none' : `line ${line} is none${unread.length > 1 ? ', nor are others' : ''}`;
  throw new CommandError(
    'HEADERS_INVALID',
    `Cannot read the headers of ${nameOf(file)}: ${reason}. Understood are ${headerForms}.`,
  );
}

function toPair(line: string): HeaderPairs[number] {
  const pair = parseHeaderLine(line);
  // The value may be a signature, so it is not repeated.
  if (pair === undefined) throw new CommandError('HEADER_INVALID', "A header is written -H 'Name: value'.");
  return pair;
}

/** PowerShell's `>` writes UTF-16. */
async function readText(file: string): Promise<Buffer> {
  const bytes = await readInput(file);
  return bytes[0] === 0xff && bytes[1] === 0xfe ? Buffer.from(bytes.toString('utf16le')) : bytes;
}

const nameOf = (file: string): string => (file === '-' ? 'Standard input' : file);
