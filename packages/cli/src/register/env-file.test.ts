import {
  appendFileSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { setInEnvFile } from './env-file.ts';

const root = mkdtempSync(join(tmpdir(), 'env-file-'));
afterAll(() => rmSync(root, { recursive: true }));
let folder = root;
let file = '';
let count = 0;
beforeEach(() => {
  folder = join(root, String(count++));
  mkdirSync(folder);
  file = join(folder, '.env');
});

const name = 'TWENTY_WEBHOOK_SECRET';
const modeOf = (path: string): number => statSync(path).mode & 0o777;

describe('setInEnvFile', () => {
  it('makes a file that only its owner can read, and takes it away again', () => {
    const putBack = setInEnvFile(file, { [name]: 'abc' });
    expect(readFileSync(file, 'utf8')).toBe(`${name}=abc\n`);
    expect(modeOf(file)).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['.env']);
    expect(putBack()).toBe(true);
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    ['an empty value', 'A=1\nSECRET=\nB=2\n', 'A=1\nSECRET=new\nB=2\n'],
    ['Windows', 'A=1\r\nSECRET=old\r\nB=2\r\n', 'A=1\r\nSECRET=new\r\nB=2\r\n'],
    ['quotes and a comment', 'SECRET = "old # one" # mine\nB=2', 'SECRET = new # mine\nB=2'],
    ['export', '  export SECRET=old\n', '  export SECRET=new\n'],
    ['several lines in quotes', "SECRET='a\nb'\nB=2\n", 'SECRET=new\nB=2\n'],
    ['the last one counts', 'SECRET=a\nSECRET=b\n', 'SECRET=a\nSECRET=new\n'],
    ['a comment is none', '# SECRET=old\nMY_SECRET=x\n', '# SECRET=old\nMY_SECRET=x\nSECRET=new\n'],
    ['a byte order mark', '\ufeffSECRET=old\r\n', '\ufeffSECRET=new\r\n'],
    ['a byte order mark, at the end', '\ufeffA=1\n', '\ufeffA=1\nSECRET=new\n'],
    ['no line break at the end', 'A=1', 'A=1\nSECRET=new\n'],
    ['Windows, at the end', 'A=1\r\nB=2', 'A=1\r\nB=2\r\nSECRET=new\r\n'],
  ])('changes nothing else: %s', (_what, before, after) => {
    writeFileSync(file, before.replaceAll('SECRET', name), { mode: 0o644 });
    const putBack = setInEnvFile(file, { [name]: 'new' });
    expect(readFileSync(file, 'utf8')).toBe(after.replaceAll('SECRET', name));
    expect(modeOf(file)).toBe(0o600);
    putBack();
    expect(readFileSync(file, 'utf8')).toBe(before.replaceAll('SECRET', name));
    expect(modeOf(file)).toBe(0o644);
    expect(readdirSync(folder)).toEqual(['.env']);
  });

  it.each([
    ['changed', (): void => appendFileSync(file, 'B=2\n'), `A=1\n${name}=abc\nB=2\n`],
    ['written anew', (): void => writeFileSync(file, 'B=2\n'), 'B=2\n'],
    ['taken away', (): void => rmSync(file), undefined],
  ])('puts nothing back if somebody has %s it meanwhile', (_what, change, after) => {
    for (const before of ['A=1\n', undefined]) {
      rmSync(file, { force: true });
      if (before !== undefined) writeFileSync(file, before);
      const putBack = setInEnvFile(file, { [name]: 'abc' });
      change();
      expect(putBack()).toBe(false);
      const text = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
      expect(text).toBe(before === undefined ? after?.replace('A=1\n', '') : after);
      expect(readdirSync(folder).length).toBe(after === undefined ? 0 : 1);
    }
  });

  it('a dry run writes nothing, and finds out what cannot be written', () => {
    writeFileSync(file, 'A=1\n');
    setInEnvFile(file, { [name]: 'abc' }, { isDryRun: true });
    expect(readFileSync(file, 'utf8')).toBe('A=1\n');
    const inNoFolder = join(folder, 'none', '.env');
    expect(() => setInEnvFile(inNoFolder, { [name]: 'abc' }, { isDryRun: true })).toThrow('ENOENT');
  });

  it.runIf(process.geteuid?.() === 0)('root leaves the file to its owner', () => {
    writeFileSync(file, 'A=1\n');
    chownSync(file, 4_321, 4_322);
    setInEnvFile(file, { [name]: 'abc' });
    expect(statSync(file)).toMatchObject({ uid: 4_321, gid: 4_322 });
    expect(modeOf(file)).toBe(0o600);
  });

  it('keeps bytes that are no UTF-8', () => {
    const bytes = Buffer.concat([Buffer.from('# caf'), Buffer.from([0xe9, 0x0a]), Buffer.from('A=ü\n')]);
    writeFileSync(file, bytes);
    setInEnvFile(file, { [name]: 'new' });
    expect(readFileSync(file).equals(Buffer.concat([bytes, Buffer.from(`${name}=new\n`)]))).toBe(true);
  });

  it.each(["it's", 'a "b" \'c\'', 'white space ', 'ä#b', 'x$y'])('quotes a value that needs it: %s', (value) => {
    setInEnvFile(file, { [name]: value });
    process.loadEnvFile(file);
    expect(process.env[name]).toBe(value);
    delete process.env[name];
  });

  it.each([
    ['a value with all kinds of quotes', '', '\'"`'],
    ['a line that stands inside of another value', `A="\n${name}=inside\n"\n`, 'new'],
  ])('refuses what cannot be written safely, and changes nothing: %s', (_what, before, value) => {
    writeFileSync(file, before);
    expect(() => setInEnvFile(file, { [name]: value })).toThrow(
      expect.objectContaining({ code: 'ENV_FILE_UNWRITABLE' }),
    );
    expect(readFileSync(file, 'utf8')).toBe(before);
    expect(readdirSync(folder)).toEqual(['.env']);
  });

  it('follows a symbolic link, which stays one', () => {
    writeFileSync(join(folder, 'real'), 'A=1\n');
    symlinkSync('real', file);
    setInEnvFile(file, { [name]: 'new' });
    expect(lstatSync(file).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(folder, 'real'), 'utf8')).toBe(`A=1\n${name}=new\n`);
    expect(readdirSync(folder).sort()).toEqual(['.env', 'real']);
  });

  it('says so where it cannot write', () => {
    expect(() => setInEnvFile(join(folder, 'none', '.env'), { [name]: 'new' })).toThrow('ENOENT');
    expect(() => setInEnvFile(folder, { [name]: 'new' })).toThrow('EISDIR');
  });
});
