/**
 * Change one byte, so that what comes out is as plausible as what went in: a digit of an id, else a letter or a digit that
 * leaves JSON what it is. An endpoint that parses before it verifies must find nothing to complain of.
 *
 * @returns a copy; `undefined` if there is no byte
 */
export function tamperBody(body: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  // One character a byte, so that places in the text are places in the body.
  const text = Buffer.from(body).toString('latin1');
  const lastId = [...text.matchAll(uuid)].at(-1);
  if (lastId !== undefined) return changed(body, lastId.index + lastId[0].length - 1);
  const candidates = isJson(body) ? [...text.matchAll(/[0-9A-Za-z]/g)].slice(-maxTries).reverse() : [];
  for (const { index } of candidates) {
    const copy = changed(body, index);
    if (isJson(copy)) return copy;
  }
  return body.length === 0 ? undefined : changed(body, body.length - 1);
}

const uuid = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;
// Each of them parses the body.
const maxTries = 100;

/** 0↔1, 2↔3, b↔c, …: digits stay digits, hexadecimal ones too, letters stay letters. */
function changed(body: Uint8Array, index: number): Uint8Array<ArrayBuffer> {
  const copy = Uint8Array.from(body);
  const byte = copy[index] ?? 0;
  const isA = byte === 0x61 || byte === 0x41;
  const isZ = byte === 0x7a || byte === 0x5a;
  copy[index] = isA ? byte + 1 : isZ ? byte - 1 : byte >= 0x41 && byte <= 0x7f ? byte - 1 : byte ^ 1;
  return copy;
}

function isJson(body: Uint8Array): boolean {
  try {
    JSON.parse(Buffer.from(body).toString());
    return true;
  } catch {
    return false;
  }
}
