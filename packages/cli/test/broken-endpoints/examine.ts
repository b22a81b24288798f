import { startTestServer } from '@twenty-webhooks/testing';
import { type DoctorOptions, doctor } from '../../src/doctor/doctor.ts';
import type { JudgedProbe } from '../../src/doctor/judge.ts';
import type { CommandResult } from '../../src/terminal/command-result.ts';
import type { Terminal } from '../../src/terminal/terminal.ts';
import { secret } from './right-endpoint.ts';

/** What `--json` prints. */
export interface Examination {
  readonly url: string;
  readonly healthy: boolean;
  readonly isCutShort: boolean;
  readonly probes: readonly JudgedProbe[];
  readonly faults: readonly string[];
  readonly warnings: readonly string[];
}

export interface Examined extends Omit<CommandResult, 'json'> {
  readonly json: Examination;
  probe(name: JudgedProbe['name']): JudgedProbe | undefined;
}

/** Run doctor in this process, against a server that is there only for it, or against a URL. */
export async function examine(
  target: string | Parameters<typeof startTestServer>[0],
  options: Partial<DoctorOptions> = {},
): Promise<Examined> {
  if (typeof target !== 'string') {
    const server = await startTestServer(target);
    return examine(`${server.origin}/webhooks/twenty`, options).finally(() => server.close());
  }
  const result = await doctor(quietTerminal, target, { format: 'both', event: 'person.created', ...options });
  const json = result.json as Examination;
  return { ...result, json, probe: (name) => json.probes.find((probe) => probe.name === name) };
}

const quietTerminal: Terminal = {
  env: { TWENTY_WEBHOOK_SECRET: secret },
  isJson: false,
  columns: 80,
  isInteractive: false,
  print() {},
  note() {},
  style: (_style, text) => text,
  progress: () => ({ update() {}, stop() {} }),
  askSecret: () => Promise.reject(new Error('asked')),
  confirm: () => Promise.reject(new Error('asked')),
};
