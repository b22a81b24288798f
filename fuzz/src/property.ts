import type { Choices } from './choices.ts';

/** Something that holds for every input. */
export interface Property {
  readonly name: string;
  /** Its share of the cases of a long run, beside the weights of the others. A case is one fresh random script. */
  readonly weight: number;
  /** How long scripts may be. */
  readonly maxScriptBytes: number;
  /** How many cases the test suite runs. */
  readonly testCases: number;
  /** Decide about one input, put it through the code under test, throw if what comes out is wrong. */
  check(choices: Choices): void | Promise<void>;
  /** Let go of servers and files. */
  close?(): void | Promise<void>;
}
