import { isUtf8 } from 'node:buffer';
import type { Finding } from './hypothesis.ts';
import { joinChunks } from './split-request.ts';
import {
  decodeBase64,
  decodeEntities,
  decodeHex,
  decodeUrl,
  decodeUtf16,
  decompress,
  latin1,
  undoDecoding,
  windows1252,
} from './undo-encoding.ts';
import { unescapeString, unquote, unwrapJson, unwrapPythonBytes } from './unwrap-body.ts';

/** Undoes one thing; `undefined` where there is nothing to undo. */
export type Repair = (body: Buffer) => Uint8Array | undefined;

const lf = Buffer.from('\n');
const bom = Buffer.from([0xef, 0xbb, 0xbf]);

/** What usually happens to bodies, and how it is undone; likely things first. */
export const repairs: readonly (readonly [finding: Finding, repair: Repair])[] = [
  [{ cause: 'body-newline-added', detail: 'CR LF at its end' }, (body) => without(body, '\r\n')],
  [{ cause: 'body-newline-added', detail: 'LF at its end' }, (body) => without(body, '\n')],
  [{ cause: 'body-bom-added' }, (body) => (body.subarray(0, 3).equals(bom) ? body.subarray(3) : undefined)],
  [{ cause: 'body-white-space-added', detail: 'one space at its end' }, (body) => without(body, ' ')],
  [{ cause: 'body-white-space-added' }, (body) => trim(body)],
  [{ cause: 'body-line-endings', detail: 'LF became CR LF' }, (body) => replaced(body, '\r\n', '\n')],
  [
    { cause: 'body-line-endings', detail: 'CR LF became LF' },
    (body) => (body.includes('\r') ? undefined : replaced(body, '\n', '\r\n')),
  ],
  [{ cause: 'body-compressed' }, decompress],
  [{ cause: 'body-base64-encoded' }, decodeBase64],
  [{ cause: 'body-encoded', detail: 'it is hexadecimal' }, decodeHex],
  [{ cause: 'body-encoded', detail: 'it is URL-encoded, as a form' }, decodeUrl],
  [{ cause: 'body-encoded', detail: 'its quotes are HTML entities' }, decodeEntities],
  [{ cause: 'body-encoded', detail: 'its quotes are escaped by backslashes' }, (body) => replaced(body, '\\"', '"')],
  [{ cause: 'body-encoded', detail: 'it is bytes as Python shows them: str(body)' }, unwrapPythonBytes],
  [{ cause: 'body-wrapped', detail: 'it is one member of another JSON' }, unwrapJson],
  [{ cause: 'body-wrapped', detail: 'there are quotes around it' }, unquote],
  [{ cause: 'body-wrapped', detail: 'the sizes of the chunks, as HTTP transfers them, were left in it' }, joinChunks],
  [{ cause: 'body-decoded-wrongly', detail: 'it is UTF-16' }, decodeUtf16],
  [{ cause: 'body-decoded-wrongly', detail: 'UTF-8 was read as Latin-1' }, (body) => undoDecoding(body, latin1)],
  [
    { cause: 'body-decoded-wrongly', detail: 'UTF-8 was read as Windows-1252' },
    (body) => undoDecoding(body, windows1252),
  ],
  [
    { cause: 'body-decoded-wrongly', detail: 'it was written as Latin-1' },
    (body) => (isUtf8(body) ? undefined : Buffer.from(body.toString('latin1'))),
  ],
  [
    { cause: 'body-decoded-wrongly', detail: 'it was written as Windows-1252' },
    (body) => (isUtf8(body) ? undefined : Buffer.from(new TextDecoder('windows-1252').decode(body))),
  ],
  [{ cause: 'body-reserialised', detail: 'it was written as a JSON string, twice encoded' }, unescapeString],
  [{ cause: 'body-newline-removed' }, (body) => Buffer.concat([body, lf])],
  [{ cause: 'body-newline-removed', detail: 'CR LF' }, (body) => Buffer.concat([body, Buffer.from('\r\n')])],
  [{ cause: 'body-bom-removed' }, (body) => Buffer.concat([bom, body])],
];

function without(body: Buffer, end: string): Buffer | undefined {
  const rest = body.subarray(0, -end.length);
  return body.subarray(rest.length).toString('latin1') === end ? rest : undefined;
}

function trim(body: Buffer): Buffer | undefined {
  const isSpace = (byte: number | undefined): boolean => byte !== undefined && [9, 10, 13, 32].includes(byte);
  let [start, end] = [0, body.length];
  while (isSpace(body[start])) start += 1;
  while (end > start && isSpace(body[end - 1])) end -= 1;
  return start === 0 && end === body.length ? undefined : body.subarray(start, end);
}

function replaced(body: Buffer, from: string, to: string): Buffer | undefined {
  return body.includes(from) ? Buffer.from(body.toString('latin1').replaceAll(from, to), 'latin1') : undefined;
}
