import fc from 'fast-check';

/**
 * Scripts for `Choices`: bytes, generated several times faster than by `fc.uint8Array`, whose elements are arbitraries each.
 */
export function scripts(maxBytes: number): fc.Arbitrary<Uint8Array> {
  return new ScriptArbitrary(maxBytes);
}

class ScriptArbitrary extends fc.Arbitrary<Uint8Array> {
  readonly #maxBytes: number;

  constructor(maxBytes: number) {
    super();
    this.#maxBytes = maxBytes;
  }

  override generate(random: fc.Random): fc.Value<Uint8Array> {
    const script = new Uint8Array(random.nextInt(1, this.#maxBytes));
    for (let at = 0; at < script.length; at += 4) {
      const word = random.nextInt();
      for (let part = 0; part < 4 && at + part < script.length; part++) script[at + part] = word >>> (8 * part);
    }
    return new fc.Value(script, undefined);
  }

  override canShrinkWithoutContext(value: unknown): value is Uint8Array {
    return value instanceof Uint8Array;
  }

  override shrink(script: Uint8Array): fc.Stream<fc.Value<Uint8Array>> {
    return new fc.Stream(simpler(script)).map((one) => new fc.Value(one, undefined));
  }
}

/** Scripts with parts left out, large parts first, then with smaller bytes. */
function* simpler(script: Uint8Array): IterableIterator<Uint8Array> {
  for (let size = script.length; size >= 1; size = Math.floor(size / 2)) {
    for (let from = script.length - size; from >= 0; from -= size) {
      yield Uint8Array.from([...script.subarray(0, from), ...script.subarray(from + size)]);
    }
  }
  for (const [at, byte] of script.entries()) {
    for (const smaller of new Set([0, byte >> 1, byte - 1])) {
      if (smaller < 0 || smaller >= byte) continue;
      const simple = Uint8Array.from(script);
      simple[at] = smaller;
      yield simple;
    }
  }
}
