import type { SectionResult, StoredRatio, StoredTable } from './report.ts';

/** Render the results of all sections, in their order, as Markdown. Each is as old as it says. */
export function toResultsFile(results: readonly (readonly [name: string, result: SectionResult])[]): string {
  const bars = results.flatMap(([, result]) => result.bars);
  const reached = bars.filter(({ isReached }) => isReached).length;
  return `${[
    '# Results',
    'Written by `npx -y pnpm@10.34.8 bench`: do not edit. Ratios of one run are what counts; times depend on the machine, and on what else it does. In brackets: between what half of the rounds lie.',
    '## In short',
    toInShort(results.map(([, result]) => result)),
    `${reached} of ${bars.length} bars are reached; a ratio above 1 is faster than what it stands beside.`,
    ...results.flatMap(([name, result]) => toSection(name, result)),
  ].join('\n\n')}\n`;
}

function toInShort(results: readonly SectionResult[]): string {
  const rows = results.flatMap(({ bars, ratios }) => [
    ...bars.flatMap(({ ratio, wanted, isReached, inShort }) =>
      inShort === undefined ? [] : [toShortRow({ ratio, inShort }, toVerdict(wanted, isReached))],
    ),
    ...ratios.map((one) => toShortRow(one, '–')),
  ]);
  return toMarkdownTable(['', 'ours', 'beside', 'ratio', 'bar'], rows);
}

const toShortRow = ({ ratio, inShort: { what, ours, beside } }: StoredRatio, verdict: string): readonly string[] => [
  what,
  ours,
  beside,
  ratio.toFixed(3),
  verdict,
];

function toSection(name: string, { date, machine, tables, bars }: SectionResult): string[] {
  const verdicts = bars.map((bar) => [bar.name, bar.ratio.toFixed(3), toVerdict(bar.wanted, bar.isReached)]);
  return [
    `## ${name}`,
    `${date}, ${machine}.`,
    ...tables.flatMap(toTable),
    ...(verdicts.length > 0 ? [toMarkdownTable(['bar', 'ratio', ''], verdicts)] : []),
  ];
}

const toTable = ({ title, head, rows, notes }: StoredTable): string[] => [
  `### ${escapeMarkdown(title)}`,
  toMarkdownTable(head, rows),
  ...notes.map(escapeMarkdown),
];

const toVerdict = (wanted: string, isReached: boolean): string => `${wanted}: ${isReached ? 'reached' : 'not reached'}`;

/** The first column to the left, numbers to the right. */
function toMarkdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const rule = head.map((_, column) => (column === 0 ? '---' : '---:'));
  const [first = [], ...rest] = [head, ...rows].map((row) => row.map(escapeMarkdown));
  return [first, rule, ...rest].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const escapeMarkdown = (text: string): string => text.replace(/[\\`*_<|[\]]/g, '\\$&');
