import { startTestServer } from '@twenty-webhooks/testing';
import { expect, it, onTestFinished } from 'vitest';
import { endpointWith, secret } from './broken-endpoints/right-endpoint.ts';
import { runCli } from './run-cli.ts';

const env = { TWENTY_WEBHOOK_SECRET: secret };

async function startEndpoint(changes: Parameters<typeof endpointWith>[0] = {}): Promise<string> {
  const server = await startTestServer(endpointWith(changes));
  onTestFinished(() => server.close());
  return `${server.origin}/webhooks/twenty`;
}

it('is healthy: exit code 0, JSON for scripts, what it does on standard error', async () => {
  const url = await startEndpoint();
  const { code, out, error } = await runCli(['doctor', url, '--json'], { env });
  expect(JSON.parse(out)).toMatchObject({ url, healthy: true, faults: [], warnings: [] });
  expect(JSON.parse(out).probes[0]).toEqual({
    name: 'server-format',
    sent: 'person.created',
    status: 200,
    durationMs: expect.any(Number),
    verdict: 'ok',
    twenty: 'delivered',
    fix: '',
  });
  expect(error).toMatch(/handlers run, on made-up records/);
  expect(code).toBe(0);
});

it('has faults: exit code 1, and a table of 80 columns without colours', async () => {
  const { code, out } = await runCli(['doctor', await startEndpoint({ isFresh: () => true })], { env });
  expect(out).toMatch(/✗ 10 minutes old +200, \d+ ms +ignores-staleness: /);
  expect(out).toMatch(/\n1 fault:\n✗ ignores-staleness: Refuse with 401 /);
  expect(Math.max(...out.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(80);
  expect(out).not.toContain('\x1b');
  expect(out).not.toContain(secret);
  expect(code).toBe(1);
});

it('goes elsewhere with --yes, and shows no query: exit code 3 where nobody is', async () => {
  // Nothing is sent there: it is no address to connect to.
  const args = ['doctor', 'http://255.255.255.255:9/x?token=abc', '--yes', '--json'];
  const { code, out } = await runCli([...args, '--secret', 'first', '--secret', 'second'], { env });
  expect(JSON.parse(out)).toMatchObject({ url: expect.stringMatching(/9\/x/), faults: ['unreachable'] });
  expect(out).not.toMatch(/abc|first|second/);
  expect(code).toBe(3);
});

it.each([
  ['TARGET_NOT_LOCAL', ['http://192.0.2.1/webhooks/twenty'], env],
  ['SECRET_MISSING', ['http://localhost:1/'], {}],
  ['URL_INVALID', ['localhost:3000'], env],
  ['EVENT_INVALID', ['http://localhost:1/', '--event', 'person'], env],
  ['EVENT_INVALID', ['http://localhost:1/', '--event', 'person.*'], env],
] as const)('%s: exit code 2', async (expected, args, variables) => {
  const { code, out } = await runCli(['doctor', ...args, '--json'], { env: variables });
  expect(JSON.parse(out)).toMatchObject({ error: { code: expected } });
  expect(code).toBe(2);
});
