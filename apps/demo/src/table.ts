import type { Result } from './deliver.ts';

/** Print what became of every delivery, one line each. */
export function printResults(results: readonly Result[]): void {
  const rows = results.map(({ name, format, status, verdict, effects, problem }) => [
    problem === undefined ? ' ' : '!',
    name,
    format,
    String(status),
    verdict,
    effects.join('; ') || '–',
  ]);
  printTable([[' ', 'delivery', 'format', 'status', 'verdict', 'what the handlers did'], ...rows]);
}

/** Print rows in columns as wide as they have to be. */
export function printTable(rows: readonly (readonly string[])[]): void {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  for (const row of rows)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
}
