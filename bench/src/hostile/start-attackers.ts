import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { AttackOrder } from './attack-process.ts';
import type { AttackReport } from './tally.ts';

export interface Attackers {
  /** Let them hang up, wherever they are, and say what they have seen. */
  stop(): Promise<readonly AttackReport[]>;
  kill(): void;
}

/** Resolves when they have begun. */
export async function startAttackers(order: AttackOrder): Promise<Attackers> {
  const script = join(import.meta.dirname, 'attack-process.ts');
  const child = fork(script, [JSON.stringify(order)], { execArgv: [] });
  const ended = once(child, 'exit').then(() => Promise.reject(new Error('attackers ended before they were told to')));
  ended.catch(() => {});
  await Promise.race([once(child, 'message'), ended]);
  const reported = once(child, 'message') as Promise<[readonly AttackReport[]]>;
  return {
    async stop() {
      if (child.connected) child.send('stop');
      const [reports] = await Promise.race([reported, ended]);
      return reports;
    },
    kill: () => void child.kill('SIGKILL'),
  };
}
