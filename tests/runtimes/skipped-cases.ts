/** A case that a runtime cannot stand, and why: nothing else is left out. */
export interface SkippedCase {
  readonly runtime: string;
  /** In every fixture whose name this matches. */
  readonly fixture: RegExp;
  readonly name: string;
  readonly why: string;
}

const framings = ['content-length', 'chunked'];
const closing = [
  'after 413 the connection is closed, whether the sender stops or goes on',
  'after 408 the connection is closed',
];

export const skippedCases: readonly SkippedCase[] = [
  ...closing.map((name) => ({
    runtime: 'Deno',
    fixture: /Deno\.serve/,
    name,
    why: 'Deno.serve keeps the connection open, whatever the answer says',
  })),
  ...framings.map((framing) => ({
    // Elsewhere it is dear: the packages' own tests measure it, for each adapter.
    runtime: '*',
    fixture: /^(?!sqliteInbox)/,
    name: `60 MiB from a stranger: 413, and the memory does not grow with them (${framing})`,
    why: 'the case measures with the garbage collector of V8',
  })),
  {
    runtime: 'workerd',
    fixture: /./,
    name: 'a handler that does not return: 503 in time, its signal aborted, its claim kept',
    why: 'a request that is answered ends there, and its handler with it: nothing settles late',
  },
];

/** The names of cases to leave out. */
export const skippedIn = (runtime: string, fixture: string): readonly string[] =>
  skippedCases
    .filter((one) => (one.runtime === '*' || one.runtime === runtime) && one.fixture.test(fixture))
    .map(({ name }) => name);
