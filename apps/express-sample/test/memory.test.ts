import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const limitMiB = 5;
const bodyMiB = 60;
const chunk = Buffer.alloc(64 * 1024, 'a');

// What the operating system counts, which only Linux tells; the suite of the adapters looks at the heap everywhere.
it.runIf(existsSync('/proc/self/clear_refs'))(
  '60 MiB from a stranger cost a server less than twice the limit',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'memory-'));
    const script = fileURLToPath(new URL('../src/server.ts', import.meta.url));
    const env = { PORT: '0', TWENTY_WEBHOOK_SECRET: 'secret' };
    const server = spawn(process.execPath, [script], { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const [line] = await once(server.stdout, 'data');
      const port = Number(/localhost:(\d+)/.exec(String(line))?.[1]);
      for (const framing of [`content-length: ${bodyMiB * 1024 * 1024}`, 'transfer-encoding: chunked']) {
        writeFileSync(`/proc/${server.pid}/clear_refs`, '5');
        const before = memoryMiB(server.pid, 'VmRSS');
        expect(await flood(port, framing)).toMatch(/^HTTP\/1\.1 413 /);
        expect(memoryMiB(server.pid, 'VmHWM') - before).toBeLessThan(2 * limitMiB);
      }
    } finally {
      server.kill('SIGKILL');
      await once(server, 'exit');
      rmSync(folder, { recursive: true });
    }
  },
);

/** Send the body to the end or until the server closes the connection; gives what it answered. */
async function flood(port: number, framing: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.on('data', (data) => {
    answer += data;
  });
  // A reset is one of the ways to close.
  socket.on('error', () => {});
  const next = (event: string): Promise<void> => new Promise((resolve) => socket.once(event, () => resolve()));
  const closed = next('close');
  socket.write(`POST /webhooks/twenty HTTP/1.1\r\nhost: localhost\r\n${framing}\r\n\r\n`);
  for (let sent = 0; sent < bodyMiB * 1024 * 1024 && !socket.destroyed; sent += chunk.length) {
    const bytes = framing.includes('chunked') ? Buffer.concat([sizeLine, chunk, lineEnd]) : chunk;
    if (!socket.write(bytes)) await Promise.race([next('drain'), closed]);
  }
  await closed;
  return answer;
}

const sizeLine = Buffer.from(`${chunk.length.toString(16)}\r\n`);
const lineEnd = Buffer.from('\r\n');

function memoryMiB(pid: number | undefined, name: 'VmRSS' | 'VmHWM'): number {
  const [, kibibytes = Number.NaN] =
    new RegExp(`${name}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kibibytes) / 1024;
}
