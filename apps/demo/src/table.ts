import type { Result } from './deliver.ts';

/** Print what became of every delivery, one line each. */
export function printTable(results: readonly Result[]): void {
  const rows = results.map(({ name, format, status, verdict, effects, problem }) => [
    problem === undefined ? ' ' : '!',
    name,
    format,
    String(status),
    verdict,
    effects.join('; ') || '–',
  ]);
  const all = [[' ', 'delivery', 'format', 'status', 'verdict', 'what the handlers did'], ...rows];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0))) ?? [];
  for (const row of all)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
}
