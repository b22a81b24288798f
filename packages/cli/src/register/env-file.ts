import { randomBytes } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  chownSync,
  constants,
  existsSync,
  lstatSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { parseEnv } from 'node:util';
import { CommandError } from '../terminal/command-error.ts';
import { printable } from '../terminal/printable.ts';

/**
 * Set variables in a `.env` file, which is made if it is not there: whatever else stands in it stays, byte for byte. It is
 * replaced as a whole, so that nobody reads half of it, and only its owner can read it from then on. A symbolic link is
 * followed. `isDryRun`: only find out whether it could be done.
 *
 * @returns puts back what was there; `false`: not done, since somebody has written the file meanwhile
 * @throws ENV_FILE_UNWRITABLE
 */
export function setInEnvFile(
  file: string,
  variables: Readonly<Record<string, string>>,
  { isDryRun = false }: { readonly isDryRun?: boolean } = {},
): () => boolean {
  try {
    const path = isLink(file) ? realpathSync(file) : file;
    const before = existsSync(path) ? { bytes: readFileSync(path), mode: statSync(path).mode & 0o777 } : undefined;
    const after = withVariables(before?.bytes ?? Buffer.alloc(0), variables);
    if (after === undefined) {
      throw new CommandError(
        'ENV_FILE_UNWRITABLE',
        `${printable(file)} is written in a way that cannot be changed safely. Take the lines of ${Object.keys(variables).join(' and ')} out of it, and run this again.`,
      );
    }
    accessSync(dirname(path), constants.W_OK);
    if (isDryRun) return () => true;
    replace(path, after, 0o600);
    return () => {
      try {
        if (!readFileSync(path).equals(after)) return false;
        if (before === undefined) rmSync(path);
        else replace(path, before.bytes, before.mode);
        return true;
      } catch {
        return false;
      }
    };
  } catch (cause) {
    if (cause instanceof CommandError) throw cause;
    const { code } = cause as NodeJS.ErrnoException;
    const why =
      code === 'EBUSY'
        ? 'it is mounted as a single file, as Docker does it, and cannot be replaced; mount its folder (EBUSY)'
        : code;
    throw new CommandError('ENV_FILE_UNWRITABLE', `Cannot write ${printable(file)}: ${why}`, { cause });
  }
}

const isLink = (file: string): boolean => lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() === true;

function replace(path: string, bytes: Uint8Array, mode: number): void {
  const temporary = join(dirname(path), `.env-${randomBytes(6).toString('hex')}.tmp`);
  try {
    // Made with this mode: at no time can others read it.
    writeFileSync(temporary, bytes, { mode: 0o600, flag: 'wx', flush: true });
    const owner = statSync(path, { throwIfNoEntry: false });
    // For root, who writes the file of somebody else.
    if (owner !== undefined && owner.uid !== process.geteuid?.()) chownSync(temporary, owner.uid, owner.gid);
    renameSync(temporary, path);
    if (mode !== 0o600) chmodSync(path, mode);
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw cause;
  }
}

/** `undefined` if what comes out would not say what it should. */
function withVariables(bytes: Buffer, variables: Readonly<Record<string, string>>): Buffer | undefined {
  // Editors on Windows begin it with a byte order mark, which is no part of the first name.
  const start = bytes.subarray(0, byteOrderMark.length).equals(byteOrderMark) ? byteOrderMark.length : 0;
  // One character a byte, so that bytes that are no UTF-8 survive.
  let text = bytes.subarray(start).toString('latin1');
  for (const [name, value] of Object.entries(variables)) {
    const quoted = quote(value);
    if (quoted === undefined) return undefined;
    text = withLine(text, name, Buffer.from(quoted).toString('latin1'));
  }
  const after = Buffer.from(text, 'latin1');
  const wanted = { ...parseEnv(bytes.subarray(start).toString()), ...variables };
  const found = parseEnv(after.toString());
  const names = new Set([...Object.keys(wanted), ...Object.keys(found)]);
  return [...names].every((name) => wanted[name] === found[name])
    ? Buffer.concat([bytes.subarray(0, start), after])
    : undefined;
}

const byteOrderMark = Buffer.from('\ufeff');

function withLine(text: string, name: string, value: string): string {
  const line = new RegExp(
    `^([ \\t]*(?:export[ \\t]+)?${name}[ \\t]*=[ \\t]*)("[^"]*"|'[^']*'|\`[^\`]*\`|[^#\\r\\n]*?)([ \\t]*(?:#[^\\r\\n]*)?)$`,
    'gm',
  );
  // Of several the last one counts.
  const last = [...text.matchAll(line)].at(-1);
  if (last !== undefined) {
    const [whole, start = '', , end = ''] = last;
    return `${text.slice(0, last.index)}${start}${value}${end}${text.slice(last.index + whole.length)}`;
  }
  const lineBreak = text.includes('\r\n') ? '\r\n' : '\n';
  const gap = text === '' || text.endsWith('\n') ? '' : lineBreak;
  return `${text}${gap}${name}=${value}${lineBreak}`;
}

/** As `.env` files have it: there is no escape for a quote. `undefined` for a value that has all kinds of them. */
function quote(value: string): string | undefined {
  if (/^[\w./+=:@-]*$/.test(value)) return value;
  const mark = ["'", '`', '"'].find((one) => !value.includes(one));
  return mark === undefined || value.includes('\r') ? undefined : `${mark}${value}${mark}`;
}
