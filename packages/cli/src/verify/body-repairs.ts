import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { Finding } from './hypothesis.ts';
import { jsonForms } from './json-forms.ts';
import { isEvent, parseJson } from './parse-json.ts';
import { repairs } from './repairs.ts';

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
  const last = [...simple]
    .reverse()
    .find((one) => !one.findings.some(({ cause }) => isAddition(cause)) && isEvent(parseJson(toText(one.body) ?? '')));
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
      if (text.endsWith('\n') || form.text.includes('\n'))
        yield { findings: [finding, ...base.findings], body: Buffer.concat([bytes, lf]) };
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

/** Repairs of repairs, nearest first. */
export function simpleRepairs(body: Uint8Array): readonly BodyVariant[] {
  const repaired = kept.get(body) ?? repairAll(body);
  kept.set(body, repaired);
  return repaired;
}

/** Large bodies take their time, and several ask for the same. */
const kept = new WeakMap<Uint8Array, readonly BodyVariant[]>();

function repairAll(body: Uint8Array): readonly BodyVariant[] {
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

function toText(body: Uint8Array): string | undefined {
  return isUtf8(body) ? Buffer.from(body).toString('utf8') : undefined;
}
