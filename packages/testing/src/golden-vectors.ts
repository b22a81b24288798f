import { readFileSync } from 'node:fs';
import type { RejectionCode } from '@twenty-webhooks/core';
import type { BodyBytes } from './body-bytes.ts';
import type { WireFormat } from './sign-delivery.ts';

/** A delivery that an independent implementation (Python's `hmac`) signed, or spoiled, and what is right to make of it. */
export interface GoldenVector {
  readonly name: string;
  readonly format: WireFormat;
  /** The receiver's secrets. */
  readonly secrets: readonly string[];
  /** The receiver's clock, milliseconds since 1970. */
  readonly nowMs: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: BodyBytes;
  readonly expected: 'valid' | RejectionCode;
  /** The event's name; of valid vectors only, like `id`. */
  readonly event: string | undefined;
  readonly id: string | undefined;
}

/** Read the golden vectors that come with this package, fresh at every call. */
export function goldenVectors(): readonly GoldenVector[] {
  const file: { vectors: readonly StoredVector[] } = JSON.parse(readFileSync(vectorsUrl, 'utf8'));
  return file.vectors.map(({ name, format, secrets, now, headers, bodyBase64, expect, event, id }) => ({
    name,
    format,
    secrets,
    nowMs: now,
    headers,
    body: new Uint8Array(Buffer.from(bodyBase64, 'base64')),
    expected: expect,
    event: event ?? undefined,
    id: id ?? undefined,
  }));
}

// Read instead of imported: JSON imports need an attribute that not every bundler and runtime knows.
const vectorsUrl = new URL('../vectors/vectors.json', import.meta.url);

interface StoredVector {
  readonly name: string;
  readonly format: WireFormat;
  readonly secrets: readonly string[];
  readonly now: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly bodyBase64: string;
  readonly expect: 'valid' | RejectionCode;
  readonly event: string | null;
  readonly id: string | null;
}
