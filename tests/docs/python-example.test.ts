import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWith, findProgram } from '@twenty-webhooks/services';
import { goldenVectors } from '@twenty-webhooks/testing';
import { afterAll, expect, test } from 'vitest';
import { root } from '../../scripts/markdown-files.ts';

// docs/examples/verify.py as its readers run it, and what they might have written in its place.

const vectors = join(root, 'packages/testing/vectors/vectors.json');
const source = readFileSync(join(root, 'docs/examples/verify.py'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'python-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Run the golden vectors with some source; resolves with the exit code and what it printed. */
function runVectors(python: string, code: string): Promise<{ exitCode: unknown; lines: readonly string[] }> {
  const file = join(mkdtempSync(join(folder, 'run-')), 'verify.py');
  writeFileSync(file, code);
  return new Promise((resolve) => {
    execFile(python, [file, vectors], { timeout: 20_000 }, (error, stdout) => {
      resolve({ exitCode: error?.code ?? 0, lines: stdout.trimEnd().split('\n') });
    });
  });
}

describeWith(findProgram('python3'), 'docs/examples/verify.py', (python) => {
  test('the example is right about every golden vector', async () => {
    const count = goldenVectors().length;
    expect(await runVectors(python, source)).toEqual({ exitCode: 0, lines: [`${count} of ${count}`] });
  });

  test.each(['[]', '[""]', '["s", ""]'])('the secrets %s are refused, since anybody could sign', (secrets) => {
    writeFileSync(join(folder, 'verify.py'), source);
    const code = `import verify\ntry:\n  verify.verify({}, b"{}", ${secrets}, 0)\nexcept ValueError: print("refused")`;
    const { stdout } = spawnSync(python, ['-c', code], { cwd: folder, encoding: 'utf8', timeout: 20_000 });
    expect(stdout).toBe('refused\n');
  });

  test.each([
    ['seconds for milliseconds', 'age_ms = now_ms - int(timestamp)', 'age_ms = now_ms - int(timestamp) * 1000'],
    ['JSON written again', '":" + body, secrets', '":" + written_again(body), secrets'],
    ['the body without the timestamp', 'timestamp.encode() + b":" + body', 'body'],
    ['the secret decoded', 'secret.encode(), signed', 'decoded(secret), signed'],
    ['the first secret alone', 'for secret in secrets]', 'for secret in secrets[:1]]'],
    ['no window', 'if age_ms > TOLERANCE_MS', 'if False'],
    ['the older scheme first', 'if signature is not None or', 'if "x-twenty-signature" not in headers or False and'],
    ['an id of all bytes', 'if date and date[1] else body', 'if False else body'],
  ])('%s is found out', async (_name, right, wrong) => {
    expect(source).toContain(right);
    const { exitCode, lines } = await runVectors(
      python,
      source.replace(right, wrong).replace('\nimport sys\n', mistakes),
    );
    expect(exitCode).toBe(1);
    // Not broken, but wrong: it says about what, and is right about the rest.
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.at(-1)).toMatch(/^[1-9]\d* of \d+$/);
  });
});

/** What a wrong variant calls. Compact and not ASCII alone: as near as a parser and a writer come to the bytes. */
const mistakes = `
import sys


def written_again(body):
    try:
        return json.dumps(json.loads(body), separators=(",", ":"), ensure_ascii=False).encode()
    except ValueError:
        return body


def decoded(secret):
    try:
        return bytes.fromhex(secret)
    except ValueError:
        return secret.encode()
`;
