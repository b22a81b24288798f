import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { answerError } from './inspector-answer.ts';

/** The file of the page that stands at a path. */
export function findFile(path: string): InspectorFile | undefined {
  return files[path];
}

interface InspectorFile {
  readonly name: string;
  readonly type: string;
}

/** Read anew each time: who works on the page builds and reloads. */
export async function answerFile(response: ServerResponse, { name, type }: InspectorFile): Promise<void> {
  let bytes: Uint8Array;
  try {
    // The same from `src` and from `dist`.
    bytes = await readFile(new URL(`../../dist/inspector/${name}`, import.meta.url));
  } catch {
    return answerError(response, 503, 'PAGE_MISSING', 'The page is not built: run "pnpm build" in packages/cli');
  }
  response.writeHead(200, { 'content-type': `${type}; charset=utf-8` }).end(bytes);
}

const files: Readonly<Record<string, InspectorFile>> = {
  '/': { name: 'index.html', type: 'text/html' },
  '/_inspector/inspector.js': { name: 'inspector.js', type: 'text/javascript' },
  '/_inspector/inspector.css': { name: 'inspector.css', type: 'text/css' },
};
