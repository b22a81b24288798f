import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeWith } from './describe-with.ts';

test.each([
  [undefined, 'skipped'],
  ['0', 'skipped'],
  ['1', 'failed'],
])(
  'with REQUIRE_SERVICES=%s a suite without its server is one test that is %s',
  { timeout: 90_000 },
  async (required, state) => {
    const { VITEST: _, REQUIRE_SERVICES: __, ...env } = process.env;
    const tests = JSON.parse(await run({ ...env, ...(required !== undefined && { REQUIRE_SERVICES: required }) }));
    expect(tests).toEqual([{ name: expect.stringMatching(/^a suite > .*docker compose up/), state }]);
  },
);

const found: string[] = [];
describeWith('a server', 'a suite with its server', (server) => {
  found.push(server);
  test('runs', () => expect(found).toEqual(['a server']));
});

/** The exit code is that of the tests: one that fails is no error here. */
function run(env: NodeJS.ProcessEnv): Promise<string> {
  const script = join(import.meta.dirname, 'testdata/run-without-server.ts');
  return new Promise((resolve) => {
    execFile(process.execPath, [script], { env, timeout: 60_000 }, (_error, stdout) => resolve(stdout));
  });
}
