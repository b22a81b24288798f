import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../../scripts/markdown-files.ts';
import type { CodeBlock } from './code-blocks.ts';
import { makeProject, type Project } from './project.ts';

/** Compile blocks under the repository's own options, each as a module of its own; returns the errors, by the lines of the Markdown. */
export async function compile(blocks: readonly CodeBlock[]): Promise<readonly string[]> {
  // What a block declares for others would hold for the other blocks, too. Such a block gets a program for itself.
  const declaring = blocks.filter(({ code }) => /^declare (module|global)/m.test(code));
  const plain = blocks.filter((block) => !declaring.includes(block));
  const programs = [plain, ...declaring.map((block) => [block])].filter((program) => program.length > 0);
  return (await Promise.all(programs.map(compileTogether))).flat();
}

async function compileTogether(blocks: readonly CodeBlock[]): Promise<readonly string[]> {
  const project = makeProject();
  try {
    for (const [index, { language, code }] of blocks.entries()) {
      project.write(`block-${index}.${language}`, code);
      const [, name] = /^\/\/ (\S+\.tsx?)\b/.exec(code) ?? [];
      if (name !== undefined) project.write(`named/${name}`, code);
    }
    project.write('tsconfig.json', JSON.stringify(tsconfig));
    const output = await runCompiler(project);
    return output.split('\n').filter(Boolean).map(toMarkdownLine(blocks));
  } finally {
    project.remove();
  }
}

const tsconfig = {
  extends: join(root, 'tsconfig.base.json'),
  compilerOptions: {
    noEmit: true,
    allowJs: true,
    checkJs: true,
    jsx: 'react-jsx',
    moduleDetection: 'force',
    customConditions: ['@twenty-webhooks/source'],
    typeRoots: [join(root, 'node_modules/@types')],
    // A block that begins with the name of its file can be imported by others, as `@/name` without the extension.
    paths: { '@/*': ['./named/*.ts'] },
  },
  include: ['block-*'],
};

function runCompiler({ folder }: Project): Promise<string> {
  const args = [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder, '--pretty', 'false', '--singleThreaded'];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { cwd: folder, timeout: 60_000 }, (error, stdout, stderr) => {
      if (error !== null && stdout === '') reject(new Error(`tsc ended without a word: ${stderr}`, { cause: error }));
      else resolve(stdout);
    });
  });
}

/** `block-3.ts(4,7): error …` → `README.md:31: error …` */
function toMarkdownLine(blocks: readonly CodeBlock[]): (error: string) => string {
  return (error) =>
    error.replace(/^block-(\d+)\.\w+\((\d+),\d+\)/, (all, index, line) => {
      const block = blocks[Number(index)];
      return block === undefined ? all : `${block.file}:${block.line + Number(line) - 1}`;
    });
}
