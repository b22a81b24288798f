import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type SignedDelivery, sampleEvent, signDelivery } from '@twenty-webhooks/testing';
import { signalProcess } from '../process-tree.ts';
import { type ProcessOrder, type Report, secret } from './process-order.ts';

/** A process with an inbox, as seen from outside. */
export interface InboxProcess {
  readonly pid: number;
  /** Where it listens; 0 for a worker. */
  readonly port: number;
  readonly reports: readonly Report[];
  /** Lines of its log, and what it wrote to its outputs. */
  readonly log: readonly string[];
  readonly hasEnded: boolean;
  /** Ids of events with such a report, in order. */
  idsOf(what: Report['what']): string[];
  /** Wait until something is so. @throws Error with what it said if it does not come to be */
  until(what: string, condition: () => boolean | Promise<boolean>, timeoutMs?: number): Promise<void>;
  /** Send a delivery, by default that of a fresh event. */
  post(delivery?: SignedDelivery): Promise<Answered>;
  /** Ask its other route; gives how long the answer took. */
  get(): Promise<number>;
  cpuMs(): Promise<number>;
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
  kill(): Promise<void>;
  /** Let it close, and wait for its end. */
  stop(): Promise<void>;
}

export interface Answered {
  readonly status: number;
  readonly body: { readonly status?: string; readonly id?: string; readonly error?: string };
  readonly tookMs: number;
}

/** The delivery of an event that nobody has seen. */
export const freshDelivery = (): SignedDelivery => signDelivery(sampleEvent('person.created'), { secret });

export const accepted = (answered: Answered): boolean => answered.status === 200 && answered.body.status === 'accepted';

/** @param under a command that runs it: `['strace', '-f']` */
export async function startInboxProcess(order: ProcessOrder, under: readonly string[] = []): Promise<InboxProcess> {
  const script = join(import.meta.dirname, 'inbox-process.ts');
  const flags = ['--conditions', '@twenty-webhooks/source', '--disable-warning=ExperimentalWarning'];
  const [command = '', ...words] = [...under, process.execPath, ...flags, script, JSON.stringify(order)];
  const child = spawn(command, words, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  const ended = once(child, 'close');
  const reports: Report[] = [];
  const log: string[] = [];
  let hasEnded = false;
  void ended.then(() => {
    hasEnded = true;
  });
  child.on('message', (report: Report) => {
    reports.push(report);
    if (report.what === 'log') log.push(report.text);
  });
  for (const output of [child.stdout, child.stderr]) {
    output?.setEncoding('utf8').on('data', (text: string) => log.push(text));
  }

  const until: InboxProcess['until'] = async (what, condition, timeoutMs = 10_000) => {
    const endMs = performance.now() + timeoutMs;
    while (!(await condition())) {
      if (performance.now() > endMs || hasEnded) {
        const why = hasEnded ? 'the process has ended' : `not within ${timeoutMs} ms`;
        throw new Error(`${what}: ${why}\n${JSON.stringify(reports.slice(-20))}\n${log.join('\n')}`);
      }
      await sleep(5);
    }
  };
  const find = <T extends Report['what']>(what: T): Extract<Report, { what: T }>[] =>
    reports.filter((report): report is Extract<Report, { what: T }> => report.what === what);

  try {
    await until('a process with an inbox is up', () => find('ready').length > 0, 20_000);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
  const port = find('ready')[0]?.port ?? 0;
  const pid = find('ready')[0]?.pid ?? 0;

  const ask = (
    method: string,
    path: string,
    delivery?: SignedDelivery,
  ): Promise<{ status: number; text: string; tookMs: number }> =>
    new Promise((resolve, reject) => {
      const sentAtMs = performance.now();
      const headers = { ...delivery?.headers, ...(delivery && { 'content-length': delivery.body.length }) };
      const sent = request({ host: '127.0.0.1', port, method, path, headers, timeout: 10_000 }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => {
          text += part;
        });
        response.once('end', () =>
          resolve({ status: response.statusCode ?? 0, text, tookMs: performance.now() - sentAtMs }),
        );
      });
      sent.once('timeout', () => sent.destroy(new Error('no answer')));
      sent.once('error', reject);
      sent.end(delivery?.body);
    });

  return {
    pid,
    port,
    reports,
    log,
    get hasEnded() {
      return hasEnded;
    },
    idsOf: (what) => reports.flatMap((report) => (report.what === what && 'id' in report ? report.id : [])),
    until,
    async post(delivery = freshDelivery()) {
      const { status, text, tookMs } = await ask('POST', '/webhooks/twenty', delivery);
      return { status, body: JSON.parse(text), tookMs };
    },
    async get() {
      const { status, tookMs } = await ask('GET', '/alive');
      if (status !== 200) throw new Error(`the other route answered ${status}`);
      return tookMs;
    },
    async cpuMs() {
      const before = find('cpu').length;
      child.send('cpu');
      await until('an answer', () => find('cpu').length > before);
      return find('cpu').at(-1)?.cpuMs ?? Number.NaN;
    },
    signal: (signal) => signalProcess(pid, signal),
    async kill() {
      // It may be gone though its outputs are still open.
      if (!hasEnded) signalProcess(pid, 'SIGKILL');
      await ended;
    },
    async stop() {
      if (!hasEnded) signalProcess(pid, 'SIGTERM');
      await ended;
    },
  };
}
