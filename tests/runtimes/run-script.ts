import { spawn } from 'node:child_process';

const timeoutMs = 150_000;

/** How to start a runtime; the file to run comes behind. */
export interface Runtime {
  readonly command: readonly [file: string, ...args: string[]];
  readonly env: Readonly<Record<string, string>>;
}

export interface Script {
  /** The folder of a project. */
  readonly cwd: string;
  readonly args: readonly [file: string, ...args: string[]];
}

/** Let a runtime run a file; returns what it prints as JSON. The process is gone afterwards. */
export async function runScript(
  { command: [file, ...options], env }: Runtime,
  { cwd, args }: Script,
): Promise<unknown> {
  const child = spawn(file, [...options, ...args], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
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
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve, reject) => {
    child.on('error', reject).on('close', (...ended) => resolve(ended));
  });
  if (code !== 0) throw new Error(`${file} ended with ${code ?? signal}:\n${errors}`);
  return JSON.parse(output);
}
