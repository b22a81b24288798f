/** SQLite's own code of an error, without its extension: https://sqlite.org/rescode.html */
function codeOf(error: unknown): number | undefined {
  const { errcode: code, message } = Object(error) as { readonly errcode?: unknown; readonly message?: unknown };
  return typeof code === 'number' ? code & 0xff : codesOfMessages[String(message)];
}

// Deno's `exec` leaves the code out: what SQLite says in words is all that is there.
const codesOfMessages: Readonly<Record<string, number>> = {
  'database is locked': 5,
  'database disk image is malformed': 11,
  'file is not a database': 26,
};

/** Another connection holds a lock: SQLITE_BUSY. */
export const isBusy = (error: unknown): boolean => codeOf(error) === 5;

/** SQLITE_CORRUPT, SQLITE_NOTADB. */
export const isDamaged = (error: unknown): boolean => [11, 26].includes(codeOf(error) ?? 0);
