import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createReceiver } from '@twenty-webhooks/core';
import { describeWith } from '@twenty-webhooks/services';
import { sampleEvent, signDelivery, type WireFormat } from '@twenty-webhooks/testing';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { root } from '../../scripts/markdown-files.ts';
import { requireBuild } from '../bundle.ts';
import { libraryFolders } from '../pack.ts';
import { engineOf, findBlockEngines, isConfigurable } from './block-engine.ts';
import { allCodeBlocks, type CodeBlock } from './code-blocks.ts';
import {
  type BlockKind,
  kindOf,
  type RunningBlock,
  runBlock,
  type ServerKind,
  startBlock,
  startWorker,
} from './start-block.ts';

// The examples as users run them: TypeScript on Node, the built packages, a port, a secret and a database from the environment.

// Processes and servers, on a machine that may have much else to do.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const secret = 'from the environment';
const env = { TWENTY_WEBHOOK_SECRET: secret };
const blocks = allCodeBlocks().filter(({ language }) => language === 'ts');
const place = ({ file, line }: CodeBlock): string => `${file}:${line}`;
const ofKind = (isWanted: (kind: BlockKind) => boolean): readonly CodeBlock[] =>
  blocks.filter((block) => {
    const kind = kindOf(block);
    return kind !== undefined && isWanted(kind);
  });
const named = (some: readonly CodeBlock[]): [place: string, block: CodeBlock][] =>
  some.map((block) => [place(block), block]);

const { createStorage, close } = await findBlockEngines();
afterAll(close);
beforeAll(requireBuild);

test('the first block of each README can be run', () => {
  // That of the command line has no code.
  const readmes = libraryFolders.map((name) => `packages/${name}/README.md`);
  const isRunnable = (block: CodeBlock | undefined): boolean => block !== undefined && kindOf(block) !== undefined;
  const first = (readme: string): CodeBlock | undefined => blocks.find(({ file }) => file === readme);
  expect(['README.md', ...readmes].filter((readme) => !isRunnable(first(readme)))).toEqual([]);
});

test('each block that is run takes its database from the environment', () => {
  expect(
    ofKind(() => true)
      .filter((block) => !isConfigurable(block))
      .map(place),
  ).toEqual([]);
});

for (const block of ofKind((kind) => !['script', 'suite', 'worker'].includes(kind))) {
  describeWith(createStorage[engineOf(block)], place(block), (create) => {
    test('receives deliveries of both formats, knows duplicates, refuses what is not genuine', async () => {
      const storage = await create();
      try {
        const running = await startBlock(block, kindOf(block) as ServerKind, { env: { ...env, ...storage.env } });
        try {
          const first = block.code.includes('Inbox(') ? 'accepted' : 'handled';
          for (const format of ['server', 'envelope'] as const) await checkDeliveries(running, format, first);
        } finally {
          const ended = await running.stop();
          if (block.code.includes('SIGTERM')) expect(ended).toBe(0);
        }
      } finally {
        await storage.drop();
      }
    });

    test('has at most 15 lines', () => {
      expect(block.code.trimEnd().split('\n').length).toBeLessThanOrEqual(15);
    });
  });
}

for (const block of ofKind((kind) => kind === 'worker')) {
  describeWith(createStorage[engineOf(block)], place(block), (create) => {
    test('does the work of another process', async () => {
      const storage = await create();
      const worker = startWorker(block, { env: { ...env, ...storage.env } });
      try {
        const inbox = storage.openInbox(worker.folder);
        const receiver = createReceiver({ secret, inbox, work: false, on: { 'person.created': () => {} } });
        const overrides = { record: { name: { firstName: 'Ada', lastName: 'Lovelace' } } };
        const { headers, body } = signDelivery(sampleEvent('person.created', { overrides }), { secret });
        const receive = () => receiver.receive({ method: 'POST', url: '/', headers, body });
        const outcome = await afterStart(receive, (one) => one.status === 'failed' && one.code === 'INBOX_UNAVAILABLE');
        expect(outcome.status).toBe('accepted');
        await vi.waitFor(() => expect(worker.output()).toContain('Ada Lovelace'), { timeout: 30_000 });
        await receiver.close();
      } finally {
        const ended = await worker.stop();
        await storage.drop();
        expect(ended).toBe(0);
      }
    });
  });
}

test.each([22, 24, 26])('Node %i runs the first block of the README as it stands', async (version) => {
  const node = join(root, `tests/node_modules/node${version}/bin/node`);
  const first = blocks.find(({ file }) => file === 'README.md') as CodeBlock;
  const running = await startBlock(first, 'server', { env, node });
  try {
    await checkDeliveries(running, 'server', 'accepted');
  } finally {
    expect(await running.stop()).toBe(0);
  }
});

async function checkDeliveries(
  { url, output }: RunningBlock,
  format: WireFormat,
  first: 'handled' | 'accepted',
): Promise<void> {
  const name = { firstName: 'Ada', lastName: `Lovelace-${format}` };
  const overrides = format === 'server' ? { record: { name } } : { data: { attributes: name } };
  const { headers, body } = signDelivery(sampleEvent('person.created', { format, overrides }), { secret, format });
  const post = async (what: { headers: Readonly<Record<string, string>>; body: Uint8Array<ArrayBuffer> }) => {
    const response = await fetch(url, { method: 'POST', ...what, signal: AbortSignal.timeout(30_000) });
    return [response.status, await response.json()];
  };
  const tampered = body.map((byte, index) => (index === body.length >> 1 ? byte ^ 1 : byte));
  expect(await post({ headers, body: tampered })).toEqual([401, { error: 'SIGNATURE_MISMATCH' }]);
  expect(await post({ headers: {}, body })).toEqual([401, { error: 'SIGNATURE_MISSING' }]);
  expect(output()).not.toContain(name.lastName);
  let isSentAgain = false;
  const [status, answer] = await afterStart(
    () => post({ headers, body }),
    ([status, { error }]) => {
      const isTooEarly = status === 503 && error === 'INBOX_UNAVAILABLE';
      isSentAgain ||= isTooEarly;
      return isTooEarly;
    },
  );
  // What was refused because it took too long may be stored nevertheless.
  const isStored = isSentAgain && answer.status === 'duplicate';
  expect([status, answer]).toEqual([200, { status: isStored ? 'duplicate' : first, id: expect.any(String) }]);
  // With an inbox the handler runs after the answer.
  await vi.waitFor(() => expect(output()).toContain(`Ada ${name.lastName}`), { timeout: 30_000 });
  expect(await post({ headers, body })).toEqual([200, { status: 'duplicate', id: expect.any(String) }]);
}

/** Ask again while the database is still being connected to, as Twenty or whoever sends would. */
async function afterStart<T>(ask: () => Promise<T>, isTooEarly: (answer: T) => boolean): Promise<T> {
  const giveUpAtMs = performance.now() + 30_000;
  let answer = await ask();
  while (isTooEarly(answer) && performance.now() < giveUpAtMs) {
    await sleep(100);
    answer = await ask();
  }
  return answer;
}

test.each(named(ofKind((kind) => kind === 'script')))('%s prints what it says', async (_place, block) => {
  const printed = (await runBlock(block)).split('\n');
  const said = [...block.code.matchAll(/^console\.log\(.*\); \/\/ (.*)$/gm)].map(([, line = '']) => line);
  expect(said.length).toBeGreaterThan(0);
  for (const line of said) {
    // `…` stands for what is different each time.
    const parts = line.split('…').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    expect(printed).toContainEqual(expect.stringMatching(new RegExp(`^${parts.join('.*')}$`)));
  }
});

test.each(named(ofKind((kind) => kind === 'suite')))('%s passes its own tests', async (_place, block) => {
  const printed = await runBlock(block);
  expect(printed).toMatch(/^. pass [1-9]\d+$/m);
  expect(printed).toMatch(/^. fail 0$/m);
});

describe('the check is red for', () => {
  const blockOf = (code: string): CodeBlock => ({ file: 'some.md', line: 1, language: 'ts', code });
  const serverOf = (answer: string): CodeBlock =>
    blockOf(`import { createServer } from 'node:http';
      createServer((request, response) => ${answer}).listen(process.env.PORT);`);

  test.each([
    "redisInbox({ connection: 'redis://127.0.0.1:6379' });",
    "postgresStore({ connectionString: 'postgres://localhost/app' });",
    "postgresInbox({ connectionString: process.env.REDIS_URL ?? '' });",
  ])('a database that is not from the environment: %s', (code) => {
    expect(isConfigurable(blockOf(code))).toBe(false);
  });

  test('a program that breaks', async () => {
    await expect(runBlock(blockOf("throw new Error('broken');"))).rejects.toThrow('broken');
  });

  test('a server that breaks', async () => {
    const block = blockOf("throw new Error('broken at ' + process.env.PORT);");
    await expect(startBlock(block, 'server', { env })).rejects.toThrow('broken at');
  });

  test.each([
    ['says 200 to all', 'response.end(JSON.stringify({ status: "handled", id: "1" }))'],
    ['says 401 to all', 'response.writeHead(401).end(JSON.stringify({ error: "SIGNATURE_MISMATCH" }))'],
  ])('a server that %s', async (_name, answer) => {
    const running = await startBlock(serverOf(answer), 'server', { env });
    await expect(checkDeliveries(running, 'server', 'handled')).rejects.toThrow();
    expect(await running.stop()).toBe('SIGTERM');
  });
});
