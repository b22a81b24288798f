import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

export interface WorkerdOptions {
  /** What the worker may reach. @default 'nothing' */
  readonly network?: 'nothing' | 'anything';
  /** Its variables and secrets. */
  readonly bindings?: Readonly<Record<string, string>>;
  /** @default 0, a free one */
  readonly port?: number;
}

export interface Workerd {
  readonly origin: string;
  /** What it has logged so far. */
  readonly output: string;
  /** Its end, whatever ended it. */
  readonly ended: Promise<void>;
  close(): Promise<void>;
}

/** Run a module worker in workerd, the runtime of Cloudflare Workers, on a port of 127.0.0.1. */
export async function startWorkerd(code: string, options: WorkerdOptions = {}): Promise<Workerd> {
  const folder = mkdtempSync(join(tmpdir(), 'workerd-'));
  writeFileSync(join(folder, 'worker.js'), code);
  writeFileSync(join(folder, 'config.capnp'), toConfig(options));
  const binary = fileURLToPath(new URL('../bin/workerd', import.meta.resolve('workerd')));
  // It reports its port on the extra descriptor.
  const child = spawn(binary, ['serve', 'config.capnp', '--control-fd=3'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => (output += text));
  const kill = (): void => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  // However this process ends, unless it is killed.
  process.once('exit', kill);
  const ended = new Promise<void>((resolve) => {
    child.once('error', () => resolve()).once('close', () => resolve());
  });
  const close = async (): Promise<void> => {
    kill();
    process.off('exit', kill);
    await ended;
  };
  try {
    const port = await listeningPort(child.stdio[3] as Readable);
    return {
      origin: `http://127.0.0.1:${port}`,
      get output() {
        return output;
      },
      ended,
      close,
    };
  } catch (cause) {
    await close();
    throw new Error(`workerd did not start:\n${output}`, { cause });
  }
}

function listeningPort(control: Readable): Promise<number> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('workerd did not listen in time')), 15_000);
    let text = '';
    control.on('data', (chunk: Buffer) => {
      text += chunk;
      if (!text.includes('\n')) return;
      clearTimeout(timer);
      resolve(JSON.parse(text).port);
    });
    control.on('close', () => {
      clearTimeout(timer);
      reject(new Error('workerd ended'));
    });
  });
}

function toConfig({ network = 'nothing', bindings = {}, port = 0 }: WorkerdOptions): string {
  // JSON's strings are those of Cap'n Proto, as far as secrets and URLs go.
  const texts = Object.entries(bindings).map(([name, value]) => `(name = "${name}", text = ${JSON.stringify(value)})`);
  const allow = network === 'anything' ? '"public", "private"' : '';
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [(name = "main", worker = (
    modules = [(name = "worker", esModule = embed "worker.js")],
    compatibilityDate = "2026-11-17",
    globalOutbound = "outbound",
    bindings = [${texts}],
  )), (name = "outbound", network = (allow = [${allow}], tlsOptions = (trustBrowserCas = true)))],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
`;
}
