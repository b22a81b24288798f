import { type Bar, isReached, printBars } from './bar.ts';
import type { Ratio } from './rounds.ts';
import { printTable } from './table.ts';

/** What a section found out: printed as it comes, and kept. */
export interface Report {
  table(title: string, head: readonly string[], rows: readonly (readonly string[])[]): void;
  /** One more sentence below the last table. */
  note(text: string): void;
  /** What a ratio has to reach. With `inShort` it is one of the few that everybody sees. */
  bar(bar: Bar, inShort?: InShort): void;
  /** A ratio that has to reach nothing, for the few that everybody sees. */
  ratio(ratio: Ratio, inShort: InShort): void;
}

/** A line of the short table: the two that were measured, in words and figures. */
export interface InShort {
  readonly what: string;
  readonly ours: string;
  readonly beside: string;
}

/** The results of one section, as they are stored. */
export interface SectionResult {
  readonly date: string;
  readonly machine: string;
  readonly tables: readonly StoredTable[];
  readonly bars: readonly StoredBar[];
  /** Without a bar. */
  readonly ratios: readonly StoredRatio[];
}

export interface StoredTable {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly notes: readonly string[];
}

export interface StoredRatio {
  readonly ratio: number;
  readonly inShort: InShort;
}

export interface StoredBar {
  readonly name: string;
  readonly ratio: number;
  readonly wanted: string;
  readonly isReached: boolean;
  readonly inShort?: InShort;
}

/** A report that prints, and its result. */
export function createReport(): Report & { result(date: Date, machine: string): SectionResult; printBars(): void } {
  const tables: (StoredTable & { readonly notes: string[] })[] = [];
  const ratios: StoredRatio[] = [];
  const bars: { readonly bar: Bar; readonly inShort: InShort | undefined }[] = [];
  return {
    table(title, head, rows) {
      tables.push({ title, head, rows, notes: [] });
      printTable(title, head, rows);
    },
    note(text) {
      tables.at(-1)?.notes.push(text);
      console.log(`  ${text}`);
    },
    bar: (bar, inShort) => void bars.push({ bar, inShort }),
    ratio: ({ median }, inShort) => void ratios.push({ ratio: toThousandths(median), inShort }),
    result: (date, machine) => ({
      date: date.toISOString().slice(0, 10),
      machine,
      tables,
      bars: bars.map(({ bar, inShort }) => ({ ...toStored(bar), ...(inShort && { inShort }) })),
      ratios,
    }),
    printBars: () => printBars(bars.map(({ bar }) => bar)),
  };
}

const toThousandths = (value: number): number => Math.round(value * 1_000) / 1_000;

const toStored = (bar: Bar): StoredBar => ({
  name: bar.name,
  ratio: toThousandths(bar.ratio.median),
  wanted: bar.least === 'faster' ? 'above 1' : `at least ${bar.least.toFixed(2)}`,
  isReached: isReached(bar),
});
