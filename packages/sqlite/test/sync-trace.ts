import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Not everywhere may one process trace another. */
export const canTrace = spawnSync('strace', ['-f', '-o', '/dev/null', 'true']).status === 0;

/** What a process did, by its system calls, in order: a request came in, the log of SQLite was written or synced, a 200 went out. */
export type Mark = 'request' | 'log written' | 'log synced' | 'answer';

/** The command under which a process writes its system calls to a file. */
export const straceTo = (file: string): string[] => [
  'strace',
  '-f',
  '-yy',
  '-s',
  '24',
  '-e',
  `trace=${calls}`,
  '-o',
  file,
];

export interface Trace {
  readonly marks: readonly Mark[];
  /** Syncs of anything that belongs to the inbox. */
  readonly syncs: number;
}

/** Read what `straceTo` wrote. */
export function readTrace(file: string, inboxPath: string): Trace {
  const marks: Mark[] = [];
  let syncs = 0;
  /** Calls that have not returned yet, by thread: others may come between. */
  const entered = new Map<string, string>();
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const [, thread = '', text = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
    // An answer counts from where the process begins to write it, all else from where it is done.
    if (!text.startsWith('<...') && isAnswer(text)) marks.push('answer');
    if (text.endsWith('<unfinished ...>')) {
      entered.set(thread, text);
      continue;
    }
    const begun = text.startsWith('<...') ? (entered.get(thread) ?? '') : '';
    const call = begun + text;
    if (isRequest(call)) marks.push('request');
    if (isSync(call) && call.includes(inboxPath)) {
      syncs++;
      if (call.includes(`<${inboxPath}-wal>`) && call.endsWith('= 0')) marks.push('log synced');
    }
    if (/^pwrite\w*\(/.test(call) && call.includes(`<${inboxPath}-wal>`)) marks.push('log written');
  }
  return { marks, syncs };
}

/** How many answers there were, and how many of them after what was written since the request was synced. Deliveries one by one. */
export function countSynced(marks: readonly Mark[]): { readonly answers: number; readonly synced: number } {
  let answers = 0;
  let synced = 0;
  let state: 'idle' | 'asked' | 'written' | 'synced' = 'idle';
  for (const mark of marks) {
    if (mark === 'request') state = 'asked';
    if (mark === 'log written' && state !== 'idle') state = 'written';
    if (mark === 'log synced' && state === 'written') state = 'synced';
    if (mark !== 'answer') continue;
    answers++;
    if (state === 'synced') synced++;
    state = 'idle';
  }
  return { answers, synced };
}

const calls = 'fsync,fdatasync,pwrite64,pwritev,read,readv,recvfrom,recvmsg,write,writev,sendto,sendmsg';
const isRequest = (call: string): boolean => /^(read|readv|recvfrom|recvmsg)\(\d+<TCP.*"POST /.test(call);
const isAnswer = (call: string): boolean => /^(write|writev|sendto|sendmsg)\(\d+<TCP.*"HTTP\/1\.1 200 /.test(call);
const isSync = (call: string): boolean => /^f(data)?sync\(/.test(call);
