import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { findFreePort } from '@twenty-webhooks/services';
import type { CodeBlock } from './code-blocks.ts';
import { makeProject } from './project.ts';

/** What a block is: something that receives deliveries, or only works, or a program that ends by itself. */
export type BlockKind = ServerKind | 'worker' | 'script' | 'suite';
/** How it is made to receive them. */
export type ServerKind = 'server' | 'route' | 'page' | 'fetch';

/** Tell by its code what a block is. What listens takes its port from the environment, as hosts want it. */
export function kindOf({ code }: CodeBlock): BlockKind | undefined {
  if (code.includes('process.env.PORT')) return 'server';
  if (code.includes('export const POST = ')) return 'route';
  if (code.includes('export default twentyWebhooks(')) return 'page';
  if (/^export default \{\s*fetch\b/m.test(code)) return 'fetch';
  if (code.includes('receiver.start();')) return 'worker';
  if (code.includes("from 'node:test'")) return 'suite';
  return /^console\.log\(.*\/\/ /m.test(code) ? 'script' : undefined;
}

/** The server that a framework would put around what a block exports. */
const launchers: Readonly<Record<ServerKind, string>> = {
  server: "import './block.ts';",
  route: `import { serve } from '@hono/node-server';
    import { POST } from './block.ts';
    serve({ fetch: POST, port: Number(process.env.PORT) });`,
  page: `import { createServer } from 'node:http';
    import handler, { config } from './block.ts';
    if (config.api.bodyParser !== false) throw new Error('Next would parse the body');
    createServer(handler).listen(process.env.PORT);`,
  fetch: `import { serve } from '@hono/node-server';
    import worker from './block.ts';
    serve({ fetch: (request) => worker.fetch(request, process.env), port: Number(process.env.PORT) });`,
};

export interface RunningBlock {
  readonly url: string;
  /** What it printed so far. */
  output(): string;
  /** Ask it to end, as a host does; returns its exit code, or the signal if it does not listen to signals. */
  stop(): Promise<number | string>;
}

export interface StartOptions {
  /** Beside it the block gets the machine's `PATH` and nothing else. */
  readonly env: Readonly<Record<string, string>>;
  /** The program to run it. @default this process's */
  readonly node?: string | undefined;
}

/** Start a block as a process of its own, on the built packages, with a port in its environment. */
export async function startBlock(block: CodeBlock, kind: ServerKind, options: StartOptions): Promise<RunningBlock> {
  // Not one that the system may give to a connection before the block listens.
  const port = String(await findFreePort());
  const origin = `http://127.0.0.1:${port}`;
  const env = { PORT: port, ...options.env };
  const { child, output } = spawnBlock(block, launchers[kind], { ...options, env });
  // With the last of its output.
  const closed = once(child, 'close');
  const deadline = Date.now() + 60_000;
  while (!(await answers(origin))) {
    const isOver = child.exitCode !== null || child.signalCode !== null || Date.now() > deadline;
    if (isOver) child.kill('SIGKILL');
    if (isOver) await closed;
    if (isOver) throw new Error(`${block.file}:${block.line} does not listen at PORT:\n${output()}`);
    await sleep(50);
  }
  return { url: `${origin}/webhooks/twenty`, output, stop: () => terminate(child) };
}

/** Start a block that only works; `folder` is where it runs. */
export function startWorker(
  block: CodeBlock,
  options: StartOptions,
): Pick<RunningBlock, 'output' | 'stop'> & { readonly folder: string } {
  const { child, output, folder } = spawnBlock(block, "import './block.ts';", options);
  return { folder, output, stop: () => terminate(child) };
}

async function terminate(child: ChildProcess): Promise<number | string> {
  const isOver = child.exitCode !== null || child.signalCode !== null;
  const ended = isOver ? [child.exitCode, child.signalCode] : once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 30_000);
  const [code, signal] = await ended;
  clearTimeout(timer);
  return code ?? signal;
}

/** Run a block that ends by itself; returns what it printed. */
export async function runBlock(block: CodeBlock): Promise<string> {
  const { child, output } = spawnBlock(block, "import './block.ts';", { env: {} });
  const timer = setTimeout(() => child.kill('SIGKILL'), 90_000);
  const [code, signal] = await once(child, 'close');
  clearTimeout(timer);
  if (code !== 0) throw new Error(`${block.file}:${block.line} ended with ${code ?? signal}:\n${output()}`);
  return output();
}

function spawnBlock(
  { code }: CodeBlock,
  launcher: string,
  { env, node = process.execPath }: StartOptions,
): { child: ChildProcess; output(): string; folder: string } {
  const project = makeProject();
  project.write('block.ts', code);
  project.write('launch.js', launcher);
  const child = spawn(node, ['launch.js'], {
    cwd: project.folder,
    // Nothing of this machine's environment but where its programs are.
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
  }
  child.once('close', project.remove);
  return { child, output: () => printed, folder: project.folder };
}

const answers = (origin: string): Promise<boolean> =>
  fetch(origin, { signal: AbortSignal.timeout(5_000) }).then(
    () => true,
    () => false,
  );
