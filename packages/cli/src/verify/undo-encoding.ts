import { isUtf8 } from 'node:buffer';
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';

/** Nobody's event is larger; a small body can become gigabytes. */
const decompression = { maxOutputLength: 16 * 1024 * 1024 };

/** Gzip, deflate with and without its head, Brotli. */
export function decompress(body: Buffer): Buffer | undefined {
  // Text is not compressed, and Brotli has no mark to know it by.
  if (isUtf8(body)) return undefined;
  for (const undo of [gunzipSync, inflateSync, brotliDecompressSync, inflateRawSync]) {
    try {
      return undo(body, decompression);
    } catch {
      // Another one, or none.
    }
  }
  return undefined;
}

/** Both alphabets, with line breaks. */
export function decodeBase64(body: Buffer): Buffer | undefined {
  const text = body.toString('latin1').trimEnd();
  return /^[\w+/\r\n-]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : undefined;
}

export function decodeHex(body: Buffer): Buffer | undefined {
  const text = body.toString('latin1').trim();
  return /^(?:[0-9a-f]{2})+$/i.test(text) ? Buffer.from(text, 'hex') : undefined;
}

/** `%7B%22…`, also as the value of a form's field. */
export function decodeUrl(body: Buffer): Buffer | undefined {
  const text = body.toString('latin1');
  const [, value = ''] = /^(?:[\w.-]{1,40}=)?([^\s"{&]*%7B[^\s"{&]*)/i.exec(text) ?? [];
  try {
    return value === '' ? undefined : Buffer.from(decodeURIComponent(value.replaceAll('+', ' ')));
  } catch {
    return undefined;
  }
}

export function decodeEntities(body: Buffer): Buffer | undefined {
  if (!body.includes('&quot;') && !body.includes('&#')) return undefined;
  const text = body.toString('utf8').replace(/&(quot|apos|lt|gt|amp|#34|#39|#x22|#x27|#x2F);/gi, (whole, name) => {
    return entities[String(name).toLowerCase()] ?? whole;
  });
  return Buffer.from(text);
}

const entities: Readonly<Record<string, string>> = {
  quot: '"',
  '#34': '"',
  '#x22': '"',
  apos: "'",
  '#39': "'",
  '#x27': "'",
  '#x2f': '/',
  lt: '<',
  gt: '>',
  amp: '&',
};

export function decodeUtf16(body: Buffer): Buffer | undefined {
  if (body[0] === 0xff && body[1] === 0xfe) return Buffer.from(body.subarray(2).toString('utf16le'));
  // Without a mark: `{` and a zero byte.
  return body[0] === 0x7b && body[1] === 0 ? Buffer.from(body.toString('utf16le')) : undefined;
}

type CodePage = ReadonlyMap<string, number>;

const codePage = (decode: (byte: number) => string): CodePage =>
  new Map(Array.from({ length: 256 }, (_, byte) => [decode(byte), byte]));
export const latin1: CodePage = codePage((byte) => String.fromCharCode(byte));
export const windows1252: CodePage = codePage((byte) => new TextDecoder('windows-1252').decode(Uint8Array.of(byte)));

/** Give the bytes back that were read by a code page; nothing if a character is not in it, or there is nothing to undo. */
export function undoDecoding(body: Buffer, page: CodePage): Buffer | undefined {
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
