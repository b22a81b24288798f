import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createProgram } from '../../packages/cli/src/program.ts';
import { markdownFiles, root } from '../../scripts/markdown-files.ts';

// `npx twenty-webhooks …` in the documentation, and the examples of `--help`, name commands and flags that exist.

const program = createProgram();
type Command = typeof program;

function examplesIn(command: Command): readonly string[] {
  const parts: string[] = [];
  command.configureOutput({ writeOut: (part) => void parts.push(part) }).outputHelp();
  return [...commandLines(parts.join('')), ...command.commands.flatMap((child) => examplesIn(child as Command))];
}

test.each(markdownFiles())('%s', (file) => {
  expect(commandLines(readFileSync(join(root, file), 'utf8')).flatMap(mistakesIn)).toEqual([]);
});

test('the examples of --help', () => {
  const lines = examplesIn(program);
  expect(lines.length).toBeGreaterThan(10);
  expect(lines.flatMap(mistakesIn)).toEqual([]);
});

describe('the check is red for', () => {
  test.each([
    ['npx twenty-webhooks sent person.created', ['sent']],
    ['`npx twenty-webhooks send person.created --too http://localhost`', ['--too']],
    ['npx twenty-webhooks failed lists --inbox inbox.sqlite', ['lists']],
    ['npx twenty-webhooks send \\\n  person.created --url x', ['--url']],
  ])('%j', (text, mistakes) => {
    expect(commandLines(text).flatMap(mistakesIn)).toEqual(mistakes);
  });

  test('and not for what exists, nor for words that are no command line', () => {
    const text =
      'npx twenty-webhooks send person.created --json | jq --raw-output .\nThe package `twenty-webhooks` is --new.';
    expect(commandLines(text).flatMap(mistakesIn)).toEqual([]);
  });
});

/** What follows `twenty-webhooks` in a shell line, to its end, the next `|`, `;`, `&` or backtick. */
function commandLines(text: string): readonly string[] {
  const joined = text.replaceAll(/\\\n\s*/g, '');
  return [...joined.matchAll(/(?:npx (?:-y )?|\$ )twenty-webhooks ([^\n|;&`]*)/g)].map(([, line = '']) => line);
}

function mistakesIn(line: string): readonly string[] {
  // Comments, and what stands in quotes, are not looked at.
  const words = line
    .replaceAll(/'[^']*'|"[^"]*"/g, '_')
    .replace(/\s#.*$/, '')
    .split(/\s+/)
    .filter(Boolean);
  let command: Command = program;
  const mistakes: string[] = [];
  for (const word of words) {
    const [flag = ''] = word.split('=');
    const isFlag = /^-/.test(word) && word !== '-';
    const known = command.options.some(({ long, short }) => long === flag || short === flag);
    if (isFlag && !known && !['--help', '-h'].includes(flag)) mistakes.push(flag);
    if (isFlag || command.commands.length === 0) continue;
    const child = command.commands.find((one) => one.name() === word);
    if (child === undefined) return [...mistakes, word];
    command = child as Command;
  }
  return mistakes;
}
