import file from '../../packages/testing/vectors/vectors.json' with { type: 'json' };

// Runs in every runtime, so the vectors are bundled as JSON instead of being read from the disk.

export interface Vector {
  readonly name: string;
  readonly secrets: readonly string[];
  /** The receiver's clock, milliseconds since 1970. */
  readonly now: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
  /** `valid`, or the code of the rejection. */
  readonly expect: string;
  /** Of valid vectors only, like `id`. */
  readonly event: string | null;
  readonly id: string | null;
}

type WrittenVector = Omit<Vector, 'body'> & { readonly bodyBase64: string };

// JSON modules are typed by their values, each vector on its own.
export const vectors: readonly Vector[] = (file.vectors as unknown as readonly WrittenVector[]).map(
  ({ bodyBase64, ...vector }) => ({
    ...vector,
    body: Uint8Array.from(atob(bodyBase64), (character) => character.charCodeAt(0)),
  }),
);
