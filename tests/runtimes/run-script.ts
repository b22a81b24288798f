import { spawn } from 'node:child_process';
import { join } from 'node:path';

const timeoutMs = 15_000;

/** How to start a runtime that reads a module from its standard input. */
export interface Runtime {
  readonly command: readonly [file: string, ...args: string[]];
  readonly env: Readonly<Record<string, string>>;
}

/** Give a module to a runtime, with the packages of `tests` in reach; returns what it prints as JSON. The process is gone afterwards. */
export async function runScript({ command: [file, ...args], env }: Runtime, script: string): Promise<unknown> {
  const child = spawn(file, args, {
    cwd: join(import.meta.dirname, '..'),
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  });
  let [output, errors] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    errors += chunk;
  });
  // A runtime that cannot start closes its input; its own message says more.
  child.stdin.on('error', () => {}).end(script);
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve, reject) => {
    child.on('error', reject).on('close', (...ended) => resolve(ended));
  });
  if (code !== 0) throw new Error(`${file} ended with ${code ?? signal}:\n${errors}`);
  return JSON.parse(output);
}
