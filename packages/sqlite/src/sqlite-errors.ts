/** SQLite's own code of an error, without its extension: https://sqlite.org/rescode.html */
function codeOf(error: unknown): number | undefined {
  const code = (error as { readonly errcode?: unknown } | undefined)?.errcode;
  return typeof code === 'number' ? code & 0xff : undefined;
}

/** Another connection holds a lock: SQLITE_BUSY. */
export const isBusy = (error: unknown): boolean => codeOf(error) === 5;

/** SQLITE_CORRUPT, SQLITE_NOTADB. */
export const isDamaged = (error: unknown): boolean => [11, 26].includes(codeOf(error) ?? 0);
