import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** The ids of a process and of all its descendants that run now, parents first; those of a process that is gone have another parent. */
export function processTree(rootPid: number): number[] {
  const childrenOf = new Map<number, number[]>();
  for (const [pid, parent] of listProcesses()) childrenOf.set(parent, [...(childrenOf.get(parent) ?? []), pid]);
  const tree = [rootPid];
  // It grows while it is walked.
  for (const pid of tree) tree.push(...(childrenOf.get(pid) ?? []));
  return tree;
}

/** Send a signal, to a process that may be gone. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function listProcesses(): (readonly [pid: number, parentPid: number])[] {
  // `ps` is not on every bare machine.
  if (process.platform === 'linux') return readdirSync('/proc').filter(isNumber).flatMap(readStat);
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  return lines.map((line) => line.trim().split(/\s+/).map(Number)).map(([pid = 0, parentPid = 0]) => [pid, parentPid]);
}

const isNumber = (name: string): boolean => /^\d+$/.test(name);

function readStat(pid: string): (readonly [pid: number, parentPid: number])[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold anything; after it come the state and the parent.
    const [, parentPid] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return [[Number(pid), Number(parentPid)]];
  } catch {
    // It ended meanwhile.
    return [];
  }
}
