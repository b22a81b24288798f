import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { markdownFiles, root } from '../../scripts/markdown-files.ts';

/** A fenced block of a Markdown file. */
export interface CodeBlock {
  readonly file: string;
  /** Of its first line of code. */
  readonly line: number;
  /** What stands behind the fence. */
  readonly language: string;
  readonly code: string;
}

/** Every fenced block of every Markdown file. */
export function allCodeBlocks(): readonly CodeBlock[] {
  return markdownFiles().flatMap((file) => codeBlocksOf(file, readFileSync(join(root, file), 'utf8')));
}

/** The fenced blocks of a Markdown text. @throws if one has no end */
export function codeBlocksOf(file: string, markdown: string): readonly CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let open: { readonly fence: string; readonly line: number; readonly language: string; lines: string[] } | undefined;
  for (const [index, text] of markdown.split('\n').entries()) {
    const [, fence, info = ''] = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(text) ?? [];
    if (open === undefined) {
      if (fence !== undefined) open = { fence, line: index + 2, language: info.trim(), lines: [] };
    } else if (fence?.startsWith(open.fence) && info.trim() === '') {
      const { line, language, lines } = open;
      blocks.push({ file, line, language, code: `${lines.join('\n')}\n` });
      open = undefined;
    } else {
      open.lines.push(text);
    }
  }
  if (open !== undefined) throw new Error(`${file}:${open.line - 1}: this block has no end`);
  return blocks;
}

/** A Markdown text without its fenced blocks, the lines kept. */
export function withoutCodeBlocks(file: string, markdown: string): string {
  const lines = markdown.split('\n');
  for (const { line, code } of codeBlocksOf(file, markdown)) {
    const length = code.split('\n').length - 1;
    lines.fill('', line - 2, line + length);
  }
  return lines.join('\n');
}
