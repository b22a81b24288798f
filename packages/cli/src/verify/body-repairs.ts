import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import type { Finding } from './hypothesis.ts';
import { jsonForms } from './json-forms.ts';

/** What the body may have been before something changed it. */
export interface BodyVariant {
  readonly findings: readonly Finding[];
  readonly body: Uint8Array;
}

/** Undo what usually happens to bodies, one thing or up to three of them, those first that cost little. */
export function* bodyVariants(body: Uint8Array): Generator<BodyVariant> {
  const simple = simpleRepairs(body);
  yield* simple;
  // Both the body as it is and as far as it could be repaired.
  const last = [...simple].reverse().find(({ findings }) => findings.every(({ cause }) => !isAddition(cause)));
  const bases = [{ findings: [], body }, ...(last === undefined ? [] : [last])];
  for (const base of bases) {
    const text = toText(base.body);
    if (text === undefined) continue;
    let left = Math.max(minForms, Math.floor(maxWrittenBytes / base.body.length));
    const hasLines = /[\n\r]/.test(text.trim());
    for (const form of jsonForms(text)) {
      if (left === 0) break;
      left -= 1;
      if (form.text === text) continue;
      const isPrettyPrinted = hasLines && !form.text.includes('\n');
      const finding: Finding = isPrettyPrinted
        ? { cause: 'body-pretty-printed', ...(form.name !== 'compact' && { detail: `it was written ${form.name}` }) }
        : { cause: 'body-reserialised', detail: `the signature is right for the same JSON written ${form.name}` };
      const bytes = Buffer.from(form.text);
      yield { findings: [finding, ...base.findings], body: bytes };
      // A newline at its end is not part of the form, it was signed, or both.
      if (text.endsWith('\n')) yield { findings: [finding, ...base.findings], body: Buffer.concat([bytes, lf]) };
    }
  }
}

/** Writing costs a hundred times what hashing does: of large bodies only the likely forms are tried. */
const maxWrittenBytes = 20 * 1024 * 1024;
const minForms = 3;
/** Repairs of repairs of repairs, and how many in all. */
const maxDepth = 3;
const maxRepairs = 60;
const largeBytes = 1024 * 1024;

const lf = Buffer.from('\n');
const bom = Buffer.from([0xef, 0xbb, 0xbf]);

/** Repairs of repairs, nearest first. */
export function simpleRepairs(body: Uint8Array): readonly BodyVariant[] {
  const known = new Set([keyOf(body)]);
  const all: BodyVariant[] = [];
  let level: readonly BodyVariant[] = [{ findings: [], body }];
  const depths = body.length > largeBytes ? maxDepth - 1 : maxDepth;
  for (let depth = 0; depth < depths; depth += 1) {
    const next: BodyVariant[] = [];
    for (const from of level) {
      // What puts something back is not undone again.
      if (from.findings.some(({ cause }) => isAddition(cause))) continue;
      for (const [finding, repair] of repairs) {
        if ((depth > 0 && isAddition(finding.cause)) || known.size > maxRepairs) continue;
        const repaired = repair(Buffer.from(from.body.buffer, from.body.byteOffset, from.body.byteLength));
        if (repaired === undefined || repaired.length === 0 || known.has(keyOf(repaired))) continue;
        known.add(keyOf(repaired));
        next.push({ findings: [...from.findings, finding], body: repaired });
      }
    }
    all.push(...next);
    level = next;
  }
  return all;
}

const isAddition = (cause: string): boolean => cause.endsWith('-removed');

const keyOf = (body: Uint8Array): string => createHash('sha256').update(body).digest('base64');

type Repair = (body: Buffer) => Uint8Array | undefined;

const repairs: readonly (readonly [finding: Finding, repair: Repair])[] = [
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
  [{ cause: 'body-compressed' }, gunzip],
  [{ cause: 'body-base64-encoded' }, decodeBase64],
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
  [{ cause: 'body-reserialised', detail: 'it was written as a JSON string, twice encoded' }, decodeString],
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

function gunzip(body: Buffer): Buffer | undefined {
  if (body[0] !== 0x1f || body[1] !== 0x8b) return undefined;
  try {
    return gunzipSync(body, { maxOutputLength: 16 * 1024 * 1024 });
  } catch {
    return undefined;
  }
}

function decodeBase64(body: Buffer): Buffer | undefined {
  const text = body.toString('latin1').trimEnd();
  return /^[A-Za-z0-9+/\r\n]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : undefined;
}

function decodeUtf16(body: Buffer): Buffer | undefined {
  if (body[0] === 0xff && body[1] === 0xfe) return Buffer.from(body.subarray(2).toString('utf16le'));
  // Without a mark: `{` and a zero byte.
  return body[0] === 0x7b && body[1] === 0 ? Buffer.from(body.toString('utf16le')) : undefined;
}

function decodeString(body: Buffer): Buffer | undefined {
  if (body[0] !== 0x22) return undefined;
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return typeof value === 'string' ? Buffer.from(value) : undefined;
  } catch {
    return undefined;
  }
}

type CodePage = ReadonlyMap<string, number>;

const codePage = (decode: (byte: number) => string): CodePage =>
  new Map(Array.from({ length: 256 }, (_, byte) => [decode(byte), byte]));
const latin1 = codePage((byte) => String.fromCharCode(byte));
const windows1252 = codePage((byte) => new TextDecoder('windows-1252').decode(Uint8Array.of(byte)));

/** Give the bytes back that were read by a code page; nothing if a character is not in it, or there is nothing to undo. */
function undoDecoding(body: Buffer, page: CodePage): Buffer | undefined {
  if (!isUtf8(body)) return undefined;
  const text = body.toString('utf8');
  const bytes = Buffer.alloc(text.length);
  let hasOther = false;
  for (let index = 0; index < text.length; index += 1) {
    const byte = page.get(text.charAt(index));
    if (byte === undefined) return undefined;
    bytes[index] = byte;
    hasOther ||= byte > 0x7f;
  }
  return hasOther && isUtf8(bytes) ? bytes : undefined;
}

function toText(body: Uint8Array): string | undefined {
  return isUtf8(body) ? Buffer.from(body).toString('utf8') : undefined;
}
