import type { Ratio } from './rounds.ts';

/** Print rows in columns: the first to the left, numbers to the right. */
export function printTable(title: string, head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const toLine = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('   ');
  console.log(`\n${title}`);
  for (const row of [head, ...rows]) console.log(`  ${toLine(row)}`);
}

/** `0.913 (0.905–0.921)`: the median, and between what half of the rounds lie. */
export const ratioCell = ({ median, quartiles: [lower, upper] }: Ratio): string =>
  `${median.toFixed(3)} (${lower.toFixed(3)}–${upper.toFixed(3)})`;
