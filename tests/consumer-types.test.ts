import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ConsumerProject, makeConsumerProject } from './consumer-project.ts';
import { addFrameworks, type ConsumerProgram, checkTypes, compile } from './consumer-types.ts';

// What a module resolution finds does not depend on what is checked, and TypeScript before 7 takes seconds for a program: each
// version sees every package, each resolution sees every package, and the newest checks everything under all of them.

const dom = ['es2022', 'dom', 'dom.iterable'];
const express4 = { express: '@types/express4' };
const oldest = { hono: 'hono-oldest', fastify: 'fastify-oldest' };
const everything = ['core.mts', 'frameworks.mts'];
const edge: ConsumerProgram = { files: ['edge.mts'], module: 'esnext', lib: ['es2022', 'webworker'], types: [] };
const staticCommonJs: ConsumerProgram = { files: ['static.cts'], module: 'nodenext' };

// A static import in a CommonJS file is allowed from TypeScript 5.8 on: before, an error at each of the two, and no other.
const twoNotRequired = /^(static\.cts\(\d+,\d+\): error TS1479: The current file is a CommonJS module.*\n( .*\n)*){2}$/;

const matrix: Readonly<Record<string, readonly ConsumerProgram[]>> = {
  typescript56: [{ files: [...everything, 'dynamic.cts'], module: 'nodenext', packages: express4 }, edge],
  typescript57: [{ files: [...everything, 'static.cts'], module: 'nodenext' }],
  typescript58: [
    { files: [...everything, 'dynamic.cts', 'static.cts'], module: 'nodenext', exactOptionalPropertyTypes: false },
  ],
  typescript59: [{ files: everything, module: 'preserve', packages: oldest }, edge],
  typescript60: [{ files: [...everything, 'dynamic.cts'], module: 'node16' }, edge],
};

let project: ConsumerProject;
beforeAll(async () => {
  project = await makeConsumerProject();
  addFrameworks(project);
}, 180_000);
afterAll(() => project.remove());

const timeoutMs = 120_000;

test.each(Object.entries(matrix))(
  '%s: handlers are typed, mistakes are refused, our declarations hold',
  async (typescript, programs) => {
    const expected = typescript === 'typescript57' ? expect.stringMatching(twoNotRequired) : '';
    expect(await checkTypes(project, typescript, programs)).toEqual(programs.map(() => expected));
  },
  timeoutMs,
);

describe('typescript 7, with all declarations that are installed', () => {
  const programs: readonly ConsumerProgram[] = [
    { files: everything, module: 'esnext', lib: dom, exactOptionalPropertyTypes: false },
    { files: [...everything, 'dynamic.cts'], module: 'node16' },
    { files: [...everything, 'static.cts'], module: 'nodenext', packages: express4 },
    { files: ['adapter-only.mts'], module: 'nodenext' },
    edge,
  ];

  test.each(programs.map((program) => [`${program.module}: ${program.files.join()}`, program] as const))(
    '%s',
    async (_name, program) => {
      expect(await compile(project, program)).toBe('');
    },
    timeoutMs,
  );
});

test(
  'a static import in a CommonJS file needs the resolution nodenext',
  async () => {
    expect(await compile(project, { ...staticCommonJs, module: 'node16' })).toMatch(twoNotRequired);
  },
  timeoutMs,
);

describe('the check is red for', () => {
  const program: ConsumerProgram = { files: ['edge.mts'], module: 'esnext' };

  /** Run while declarations, by file of a package, are others. */
  async function withChanged<T>(changes: Readonly<Record<string, (text: string) => string>>, run: () => Promise<T>) {
    const files = Object.entries(changes).map(([file, change]) => {
      const place = `node_modules/@twenty-webhooks/${file}`;
      const text = readFileSync(join(project.folder, place), 'utf8');
      expect(change(text)).not.toBe(text);
      return { place, text, changed: change(text) };
    });
    for (const { place, changed } of files) project.write(place, changed);
    try {
      return await run();
    } finally {
      for (const { place, text } of files) project.write(place, text);
    }
  }

  test(
    'an any, a type of a package that is not installed, and one of the DOM',
    async () => {
      const changes = {
        'core/dist/handler.d.ts': (text: string) => text.replace('event: TEvent', 'event: any'),
        'hono/dist/index.d.ts': (text: string) => `${text}\nexport type { Pool } from 'not-installed';`,
        'next/dist/index.d.ts': (text: string) => `${text}\nexport declare const element: HTMLElement;`,
      };
      const errors = await withChanged(changes, async () => [
        ...(await checkTypes(project, 'typescript56', [program])),
        await compile(project, program),
      ]);
      for (const found of errors) {
        expect(found).toMatch(/edge\.mts.*TS2578: Unused '@ts-expect-error'/);
        expect(found).toMatch(/hono.*TS2307: Cannot find module 'not-installed'/);
        expect(found).toMatch(/next.*TS(2304|2552|2584): Cannot find name 'HTMLElement'/);
      }
      expect(errors).toHaveLength(2);
    },
    timeoutMs,
  );

  test('`export =`, which is for CommonJS', async () => {
    const changes = {
      'next/dist/index.d.ts': () => 'declare const twentyWebhooks: () => void;\nexport = twentyWebhooks;',
    };
    expect(await withChanged(changes, () => compile(project, program))).toContain('TS1203');
  });
});
