/**
 * Reads decisions from a script of random bytes. A script that ends gives zeros, and zero is always the plainest choice: so
 * a shorter script, or one with smaller bytes, is a simpler case, whatever it decides about.
 */
export class Choices {
  readonly #script: Uint8Array;
  #at = 0;

  constructor(script: Uint8Array) {
    this.#script = script;
  }

  /** Whether nothing but zeros is left. */
  get isSpent(): boolean {
    return this.#at >= this.#script.length;
  }

  byte(): number {
    return this.#script[this.#at++] ?? 0;
  }

  /** A whole number from 0, smaller than `count`. */
  below(count: number): number {
    let value = this.byte();
    if (count > 256) value += this.byte() * 256;
    if (count > 65_536) value += this.byte() * 65_536 + this.byte() * 16_777_216;
    return value % count;
  }

  /** True once in `count` times. */
  oneIn(count: number): boolean {
    return this.below(count) === count - 1;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  list<T>(most: number, make: () => T): T[] {
    return Array.from({ length: this.below(most + 1) }, make);
  }

  bytes(most: number): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(this.list(most, () => this.byte()));
  }
}
