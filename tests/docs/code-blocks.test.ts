import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEvent } from '@twenty-webhooks/core';
import { describe, expect, test } from 'vitest';
import { root } from '../../scripts/markdown-files.ts';
import { allCodeBlocks, type CodeBlock, codeBlocksOf } from './code-blocks.ts';
import { compile } from './compile.ts';

/** What can be checked, and `text`, which a program once printed. A block in any other language would rot unseen. */
const languages = ['ts', 'tsx', 'js', 'sh', 'json', 'python', 'text'];
const compiled = ['ts', 'tsx', 'js'];

const blocks = allCodeBlocks();
const place = ({ file, line, language }: CodeBlock): string => `${file}:${line}: ${language || 'no language'}`;
const blockOf = (language: string, code: string): CodeBlock => ({ file: 'some.md', line: 10, language, code });

describe('every block', () => {
  test('is in a language that is checked', () => {
    expect(blocks.filter(({ language }) => !languages.includes(language)).map(place)).toEqual([]);
  });

  test('of TypeScript and JavaScript compiles by itself, as strictly as the packages', async () => {
    const code = blocks.filter(({ language }) => compiled.includes(language));
    expect(code.length).toBeGreaterThan(20);
    expect(await compile(code)).toEqual([]);
  }, 60_000);

  test('of JSON is an event whose shape is known', async () => {
    const json = blocks.filter(({ language }) => language === 'json');
    for (const block of json) expect(await kindOfEvent(block), place(block)).toMatch(/^(record|metadata)$/);
  });

  test('of Python is a part of an example that runs', () => {
    const examples = globSync('docs/examples/*.py', { cwd: root }).map((file) =>
      readFileSync(join(root, file), 'utf8'),
    );
    const parts = blocks.filter(({ language }) => language === 'python').flatMap(({ code }) => code.split(/\n{2,}/));
    expect(parts.length).toBeGreaterThan(0);
    expect(parts.filter((part) => !examples.some((example) => isPartOf(part, example)))).toEqual([]);
  });

  test('for the shell installs packages that exist, and runs scripts that exist', () => {
    expect(blocks.filter(({ language }) => language === 'sh').flatMap(wrongCommands)).toEqual([]);
  });
});

describe('the check is red for', () => {
  test('wrong code, at its line', async () => {
    const wrong = [
      ['a wrong name', "import { createReciever } from '@twenty-webhooks/core';\ncreateReciever();"],
      [
        'a misspelt option',
        "import { createReceiver } from '@twenty-webhooks/core';\ncreateReceiver({ secrets: 's' });",
      ],
      ['a name from another block', "receiver.on('person.created', () => {});"],
      ['a name that nobody uses', "import { createReceiver } from '@twenty-webhooks/core';"],
      ['a package that nobody installed', "import 'twenty-webhooks';"],
      ['a module that is no module of its own', "export { receiver } from './receiver.ts';"],
      ['a file that no block has the name of', "export { receiver } from '@/receiver';"],
    ].map(([file = '', code = '']) => ({ ...blockOf('ts', code), file }));
    const javascript = { ...blockOf('js', 'export const length = (1).length;'), file: 'JavaScript' };
    const errors = await compile([...wrong, javascript]);
    const places = errors.map((error) => error.replace(/:1[01]: error TS.*/, ''));
    expect(places.sort()).toEqual([...wrong.map(({ file }) => file), javascript.file].sort());
  });

  test('a name that the block of an imported file does not export', async () => {
    const named = blockOf('ts', '// app/some/route.ts\nexport const POST = 1;\n');
    const importing = (name: string): CodeBlock =>
      blockOf('ts', `import { ${name} } from '@/app/some/route';\nconsole.log(${name});`);
    expect(await compile([named, importing('POST')])).toEqual([]);
    expect(await compile([named, importing('GET')])).toEqual([expect.stringContaining('TS2305')]);
  });

  test('a declaration that another block makes', async () => {
    const declaring =
      "import '@twenty-webhooks/core';\ndeclare module '@twenty-webhooks/core' { interface PersonRecord { shoe?: string } }";
    const using =
      "import type { PersonRecord } from '@twenty-webhooks/core';\nexport const one: PersonRecord = { shoe: '38' };";
    expect(await compile([blockOf('ts', declaring), blockOf('ts', using)])).toEqual([
      expect.stringContaining('TS2353'),
    ]);
  });

  test.each([
    ['text that is no JSON', '{ "eventName": "person.created", }'],
    ['an event with a member missing', '{ "eventName": "person.created", "record": {} }'],
  ])('%s', async (_name, code) => {
    expect(await kindOfEvent(blockOf('json', code)).catch(() => 'broken')).toMatch(/^(unknown|broken)$/);
  });

  test('a block without an end', () => {
    expect(() => codeBlocksOf('some.md', 'text\n```ts\n1;\n')).toThrow('some.md:2');
  });

  test.each([
    'npm install @twenty-webhooks/koa',
    'npx -y pnpm@10.34.8 demonstrate',
    'npx -y pnpm@10.34.8 --filter slack-notify develop',
    'npx -y pnpm@10.34.8 --filter nobody dev',
    'npx -y pnpm@9.0.0 test',
  ])('%s', (code) => {
    expect(wrongCommands(blockOf('sh', code))).toHaveLength(1);
  });
});

test('the README begins with the two commands, as .ci/run wants them', () => {
  const [first] = codeBlocksOf('README.md', readFileSync(join(root, 'README.md'), 'utf8'));
  expect(first?.code.split('\n').map((line) => line.replace(/ +#.*/, ''))).toEqual([
    `npx -y ${packageManager} demo`,
    `npx -y ${packageManager} test`,
    '',
  ]);
});

const { packageManager }: { packageManager: string } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

function scriptsOf(folder: string): Readonly<Record<string, string>> {
  const file = join(root, folder, 'package.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).scripts : {};
}

/** Whether every line of a part stands in an example, in this order; it may leave imports out. */
function isPartOf(part: string, example: string): boolean {
  const lines = example.split('\n');
  let next = 0;
  return part.split('\n').every((line) => {
    next = lines.indexOf(line, next) + 1;
    return next > 0;
  });
}

async function kindOfEvent({ code }: CodeBlock): Promise<string> {
  return (await parseEvent(new TextEncoder().encode(code))).kind;
}

function wrongCommands(block: CodeBlock): readonly string[] {
  const packages = readdirSync(join(root, 'packages')).map((name) => `@twenty-webhooks/${name}`);
  const known = new Set([...Object.keys(scriptsOf('.')), 'exec']);
  return block.code.split('\n').filter((line) => {
    const [, version, app, script = ''] = /npx -y (pnpm@\S+) (?:--filter (\S+) )?(\S+)/.exec(line) ?? [];
    const isKnown = app === undefined ? known.has(script) : script in scriptsOf(join('apps', app));
    if (version !== undefined && (version !== packageManager || !isKnown)) return true;
    return (line.match(/@twenty-webhooks\/[\w-]+/g) ?? []).some((name) => !packages.includes(name));
  });
}
