/** What an attack has seen, as it goes from process to process. */
export interface AttackReport {
  readonly attack: string;
  /** Until it was told to stop. */
  readonly durationMs: number;
  /** How often what came back came back. */
  readonly counts: Readonly<Record<string, number>>;
  /** What must not be: an answer to this that is not the right one. */
  readonly wrong: readonly string[];
  /** Records of good deliveries among the bad ones that were answered as accepted. */
  readonly accepted: readonly string[];
}

export interface Tally {
  count(what: string, times?: number): void;
  /** Note what was sent and what came back, and whether it is what had to come. */
  judge(sent: string, got: string, expected: readonly string[]): void;
  wrong(line: string): void;
  accept(recordId: string): void;
  report(durationMs: number): AttackReport;
}

export function createTally(attack: string): Tally {
  const counts: Record<string, number> = {};
  const wrong: string[] = [];
  const accepted: string[] = [];
  const tally: Tally = {
    count(what, times = 1) {
      counts[what] = (counts[what] ?? 0) + times;
    },
    judge(sent, got, expected) {
      tally.count(`${sent}: ${got}`);
      if (!expected.includes(got)) tally.wrong(`${sent}: ${got}, not ${expected.join(' or ')}`);
    },
    wrong(line) {
      if (wrong.length < mostLines && !wrong.includes(line)) wrong.push(line);
    },
    accept: (recordId) => void accepted.push(recordId),
    report: (durationMs) => ({ attack, durationMs, counts, wrong, accepted }),
  };
  return tally;
}

const mostLines = 20;
