import { spawnSync } from 'node:child_process';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { NonRetryableError } from '../errors.ts';
import { createMemoryJobs } from '../memory/memory-jobs.ts';
import { toRetryPolicy } from '../retry.ts';
import type { JobWorker } from '../run-job.ts';
import { createGate, createLog } from '../testdata/deliveries.ts';
import { entryOf } from '../testdata/entries.ts';
import { type EmbeddedInbox, type EmbeddedInboxOptions, embeddedInbox } from './embedded-inbox.ts';
import type { JobTable } from './job-table.ts';

// What can happen to a table that several processes share and a disk keeps, at will.

/** For as long as a busy machine may take. */
const waitFor = (check: () => unknown): Promise<unknown> => vi.waitFor(check, 10_000);

let made: EmbeddedInbox[] = [];
afterEach(async () => {
  vi.useRealTimers();
  for (const inbox of made) await inbox.close({ graceMs: 0 });
  made = [];
});

interface Trouble {
  /** Before each transaction: `busy`, an error, or nothing. */
  next: (() => 'busy' | Error | undefined) | undefined;
}

function setup(options: EmbeddedInboxOptions = {}, changes: (table: JobTable) => Partial<JobTable> = () => ({})) {
  const table = createMemoryJobs();
  const trouble: Trouble = { next: undefined };
  const transactions: { isDurable: boolean; puts: number; claimed: number; settled: number }[] = [];
  const inbox = embeddedInbox(
    () => ({
      ...table,
      transact(isDurable, body) {
        const found = trouble.next?.();
        if (found === 'busy') return undefined;
        if (found !== undefined) throw found;
        transactions.push({ isDurable, puts: 0, claimed: 0, settled: 0 });
        return table.transact(isDurable, body);
      },
      insert(entry, nowMs) {
        (transactions.at(-1) as { puts: number }).puts++;
        return table.insert(entry, nowMs);
      },
      claim(...args) {
        const claimed = table.claim(...args);
        (transactions.at(-1) as { claimed: number }).claimed += claimed.rows.length;
        return claimed;
      },
      settle(...args) {
        (transactions.at(-1) as { settled: number }).settled++;
        return table.settle(...args);
      },
      ...changes(table),
    }),
    options,
    'testInbox',
  );
  made.push(inbox);
  const log = createLog();
  const runs: string[] = [];
  const work = (handler: JobWorker['handlerOf'] extends (name: string) => infer THandler ? THandler : never): void =>
    inbox.work({
      handlerOf: () => (event, context) => {
        runs.push(context.idempotencyKey);
        return handler?.(event, context);
      },
      retry: toRetryPolicy({ minDelayMs: 0 }),
      schemas: undefined,
      logger: log,
      observe: undefined,
    });
  const put = (key: string, timeoutMs = 2_000) => inbox.put(entryOf(key), { timeoutMs });
  return { inbox, put, work, trouble, transactions, log, runs, table };
}

describe('one transaction a turn', () => {
  test('for all puts of a round, claims included', async () => {
    const { put, work, transactions } = setup({ concurrency: 100 });
    work(() => {});
    await new Promise(setImmediate);
    transactions.length = 0;
    await Promise.all(Array.from({ length: 64 }, (_, index) => put(`k${index}`)));
    expect(transactions).toEqual([{ isDurable: true, puts: 64, claimed: 64, settled: 0 }]);
  });

  test('the same key twice in one round is new once', async () => {
    const { put } = setup();
    const stored = await Promise.all([put('k'), put('k'), put('k')]);
    expect(stored.map(({ size }) => size).sort()).toEqual([0, 0, 1]);
  });

  test('that writes nothing new for good is not durable', async () => {
    const { put, work, transactions, inbox } = setup();
    await put('k');
    transactions.length = 0;
    work(() => {});
    await waitFor(async () => expect((await inbox.inspection.counts()).done).toBe(1));
    expect(transactions.length).toBeGreaterThan(0);
    expect(transactions.filter(({ isDurable }) => isDurable)).toEqual([]);
  });

  test('puts are answered before a handler begins', async () => {
    const { put, work } = setup();
    const order: string[] = [];
    work(() => order.push('handler'));
    await put('k').then(async () => {
      // What an adapter does between `put` and the answer: some turns of promises.
      for (let turn = 0; turn < 50; turn++) await undefined;
      order.push('answer');
    });
    await waitFor(() => expect(order).toEqual(['answer', 'handler']));
  });
});

describe('concurrency', () => {
  test('is kept, and a place that gets free is used at once', async () => {
    const { put, work, runs } = setup({ concurrency: 3 });
    const gates = new Map<string, { open: () => void }>();
    work((_event, { idempotencyKey }) => {
      const { promise, open } = createGate();
      gates.set(idempotencyKey, { open });
      return promise;
    });
    await Promise.all(['a', 'b', 'c', 'd', 'e'].map((key) => put(key)));
    // Which of them begins first is open: each reads its event, and where digests are promises that takes turns.
    await waitFor(() => expect([...runs].sort()).toEqual(['a', 'b', 'c']));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(runs).toHaveLength(3);
    gates.get('b')?.open();
    await waitFor(() => expect(runs.slice(3)).toEqual(['d']));
  });
});

describe('while another process writes', () => {
  test('a put waits, and is stored when it can be', async () => {
    const { put, trouble } = setup();
    let left = 3;
    trouble.next = () => (left-- > 0 ? 'busy' : undefined);
    expect((await put('k')).size).toBe(1);
    expect(left).toBeLessThan(0);
  });

  test('a put gives up in its time, and is not stored later', async () => {
    const { put, trouble, inbox } = setup();
    trouble.next = () => 'busy';
    const tookMs: number[] = [];
    // The fastest of some: machines stall.
    while (tookMs.length < 5 && tookMs.every((ms) => ms >= 1_000)) {
      const startedAtMs = performance.now();
      await expect(put('k', 100)).rejects.toMatchObject({ code: 'INBOX_UNAVAILABLE' });
      tookMs.push(performance.now() - startedAtMs);
    }
    expect(Math.min(...tookMs)).toBeLessThan(1_000);
    trouble.next = undefined;
    await put('other');
    expect(await inbox.inspection.counts()).toMatchObject({ waiting: 1 });
  });

  test('it does not ask all the time', async () => {
    const { put, trouble } = setup();
    let asked = 0;
    trouble.next = () => {
      asked++;
      return 'busy';
    };
    await expect(put('k', 200)).rejects.toThrow();
    // 25 ms at the most between two, a few less at first.
    expect(asked).toBeLessThan(60);
  });

  test('what has ended is kept until it can be written', async () => {
    const { put, work, trouble, inbox, runs } = setup();
    work(() => {
      trouble.next = () => 'busy';
    });
    await put('k');
    await waitFor(() => expect(runs).toEqual(['k']));
    await new Promise((resolve) => setTimeout(resolve, 60));
    trouble.next = undefined;
    await waitFor(async () => expect(await inbox.inspection.counts()).toMatchObject({ done: 1, running: 0 }));
    expect(runs).toEqual(['k']);
  });
});

describe('while it cannot be written', () => {
  test('puts are told at once why, and nothing of them is left', async () => {
    const { put, trouble, inbox } = setup();
    const full = new Error('disk full');
    trouble.next = () => full;
    await expect(put('a')).rejects.toBe(full);
    await expect(put('b')).rejects.toBe(full);
    trouble.next = undefined;
    expect((await put('a')).size).toBe(1);
    expect(await inbox.inspection.counts()).toMatchObject({ waiting: 1 });
  });

  test('so are changes', async () => {
    const { trouble, inbox } = setup();
    const full = new Error('disk full');
    trouble.next = () => full;
    await expect(inbox.inspection.retry('k')).rejects.toBe(full);
    await expect(inbox.inspection.purge()).rejects.toBe(full);
  });

  test('a job that ended is not run again, and one line says what is wrong', async () => {
    const { put, work, trouble, inbox, log, runs } = setup();
    const full = new Error('disk full');
    work(() => {
      trouble.next = () => full;
    });
    await put('k');
    await waitFor(() => expect(log.errors).toEqual([[expect.stringContaining('cannot be used'), full]]));
    await new Promise((resolve) => setTimeout(resolve, 600));
    trouble.next = undefined;
    await waitFor(async () => expect(await inbox.inspection.counts()).toMatchObject({ done: 1 }));
    expect(runs).toEqual(['k']);
    expect(log.errors).toHaveLength(1);
  });
});

describe('the lease', () => {
  test('is renewed while a handler runs, not while nothing does', async () => {
    const renewals: [isNew: boolean, leaseUntilMs: number][] = [];
    const { put, work } = setup({ leaseMs: 60 }, () => ({
      renew(_workerId, isNew, leaseUntilMs) {
        renewals.push([isNew, leaseUntilMs]);
        return true;
      },
    }));
    const gate = createGate();
    work(() => gate.promise);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(renewals).toEqual([]);
    await put('k');
    await waitFor(() => expect(renewals.length).toBeGreaterThan(4));
    expect(renewals.map(([isNew]) => isNew)).toEqual([true, ...renewals.slice(1).map(() => false)]);
    for (const [index, [, untilMs]] of renewals.entries()) {
      if (index > 0) expect(untilMs - (renewals[index - 1]?.[1] ?? 0)).toBeGreaterThan(0);
    }
    gate.open();
    await new Promise((resolve) => setTimeout(resolve, 50));
    const count = renewals.length;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(renewals).toHaveLength(count);
  });

  test('is looked at before more is claimed, however fresh it is', async () => {
    const renewals: boolean[] = [];
    const { put, work, runs } = setup({ leaseMs: 1_000_000 }, () => ({
      renew(_workerId, isNew) {
        renewals.push(isNew);
        return true;
      },
    }));
    const gate = createGate();
    work(() => gate.promise);
    for (const key of ['a', 'b', 'c']) {
      await put(key);
      await waitFor(() => expect(runs).toContain(key));
    }
    gate.open();
    expect(renewals.slice(0, 3)).toEqual([true, false, false]);
  });

  test('of others is looked at when the worker begins', async () => {
    const recover = vi.fn();
    const { work } = setup({}, () => ({ recover }));
    work(() => {});
    await waitFor(() => expect(recover).toHaveBeenCalledOnce());
  });

  test('that is lost aborts what runs, under another name from then on', async () => {
    const settled: string[] = [];
    const names = new Set<string>();
    let isLost = false;
    const { put, work, log } = setup({ leaseMs: 60, concurrency: 1 }, (table) => ({
      renew(_workerId, isNew) {
        const isHeld = isNew || !isLost;
        isLost &&= isHeld;
        return isHeld;
      },
      claim(workerId, ...rest) {
        const claimed = table.claim(workerId, ...rest);
        if (claimed.rows.length > 0) names.add(workerId);
        return claimed;
      },
      settle(workerId, ...rest) {
        settled.push(workerId);
        return table.settle(workerId, ...rest);
      },
    }));
    const signals: AbortSignal[] = [];
    const gate = createGate();
    work((_event, { signal }) => {
      signals.push(signal);
      return gate.promise;
    });
    await put('a');
    await put('b');
    await waitFor(() => expect(signals).toHaveLength(1));
    isLost = true;
    // The place is free for others then.
    await waitFor(() => expect(signals).toHaveLength(2));
    expect(signals[0]?.reason).toMatchObject({ code: 'WORKER_LOST' });
    expect(log.warnings).toEqual([[expect.stringContaining('lost their lease')]]);
    expect(names.size).toBe(2);
    gate.open();
    await waitFor(() => expect(settled).toHaveLength(1));
    // By whom the second was claimed; the first is no longer ours to settle.
    expect(settled).toEqual([[...names][1]]);
  });
});

describe('close', () => {
  test('lets what runs finish, and what waits wait', async () => {
    const { inbox, put, work, runs, table } = setup({ concurrency: 1 });
    const gate = createGate();
    let aborted = false;
    work((_event, { signal }) => {
      signal.addEventListener('abort', () => {
        aborted = true;
      });
      return gate.promise;
    });
    await put('a');
    await put('b');
    await waitFor(() => expect(runs).toEqual(['a']));
    const closing = inbox.close({ graceMs: 5_000 });
    gate.open();
    await closing;
    expect(aborted).toBe(false);
    expect(runs).toEqual(['a']);
    expect(table.counts()).toMatchObject({ done: 1, waiting: 1, running: 0 });
  });

  test('gives back what does not finish, as if it had not begun', async () => {
    const { inbox, put, work, table } = setup();
    let reason: unknown;
    work((_event, { signal }) => {
      signal.addEventListener('abort', () => {
        reason = signal.reason;
      });
      return new Promise(() => {});
    });
    await put('k');
    await waitFor(async () => expect(await inbox.inspection.counts()).toMatchObject({ running: 1 }));
    await inbox.close({ graceMs: 20 });
    expect(reason).toMatchObject({ code: 'WORKER_LOST' });
    expect(table.get('k')).toMatchObject({ state: 'waiting', attempt: 0, lastError: undefined });
  });

  test('stores what has come in, and nothing afterwards', async () => {
    const { inbox, put } = setup();
    const stored = put('a');
    await inbox.close();
    expect((await stored).size).toBe(1);
    await expect(put('b')).rejects.toMatchObject({ code: 'INBOX_UNAVAILABLE' });
    expect(() => inbox.work({} as JobWorker)).toThrow(expect.objectContaining({ code: 'INBOX_UNAVAILABLE' }));
    await expect(inbox.inspection.retry('a')).rejects.toMatchObject({ code: 'INBOX_UNAVAILABLE' });
    await inbox.close();
  });

  test('twice lets go of the table once', async () => {
    const close = vi.fn();
    const { inbox } = setup({}, () => ({ close }));
    await Promise.all([inbox.close(), inbox.close()]);
    await inbox.close();
    expect(close).toHaveBeenCalledOnce();
  });

  test('ends in bounded time if nothing can be written', async () => {
    const { inbox, put, work, trouble, runs } = setup();
    work(() => new Promise(() => {}));
    await put('k');
    await waitFor(() => expect(runs).toEqual(['k']));
    trouble.next = () => new Error('disk full');
    const pending = expect(put('other')).rejects.toThrow();
    await inbox.close({ graceMs: 10 });
    await pending;
  });

  test('does not start what was claimed in the same moment', async () => {
    const { inbox, put, work, runs, table } = setup();
    work(() => {});
    await put('k');
    await inbox.close({ graceMs: 0 });
    const { state, attempt } = table.get('k') ?? {};
    expect(runs.length === 1 ? ['done', 1] : ['waiting', 0]).toEqual([state, attempt]);
  });
});

describe('a sign that another process has written', () => {
  test('comes before what it wrote can be read, so it is looked for some times more', async () => {
    let see = (): void => {};
    const { work, runs, table } = setup({}, () => ({
      watch(changed) {
        see = changed;
        return () => {};
      },
    }));
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const pass = async (ms: number): Promise<void> => {
      // Turns are rounds of the event loop, which are real.
      await new Promise(setImmediate);
      await vi.advanceTimersByTimeAsync(ms);
    };
    work(() => {});
    await pass(50);
    see();
    await pass(12);
    table.insert(entryOf('k'), Date.now());
    expect(table.counts()).toMatchObject({ waiting: 1 });
    // The rest of the time for which it looks: long before the next look of itself.
    await pass(80);
    expect(table.counts()).toMatchObject({ waiting: 0 });
    vi.useRealTimers();
    await waitFor(() => expect(runs).toEqual(['k']));
  });
});

test.each([
  [
    'what is asked for while another process writes',
    "await inbox.inspection.purge(); console.log('purged');",
    'purged',
  ],
  ['what has ended but is not written', "inbox.work(worker); await put(); console.log('put');", 'put\nran'],
])('a process does not end before it: %s', (_name, code, printed) => {
  const source = (name: string): string => JSON.stringify(new URL(name, import.meta.url).href);
  const script = `import { embeddedInbox, parseEvent } from ${source('../index.ts')};
    import { createMemoryJobs } from ${source('../memory/memory-jobs.ts')};
    const table = createMemoryJobs();
    const freeAtMs = performance.now() + 300;
    const transact = (isDurable, body) =>
      performance.now() < freeAtMs && !isDurable ? undefined : table.transact(isDurable, body);
    const settle = (...args) => { console.log('settled'); return table.settle(...args); };
    const inbox = embeddedInbox(() => ({ ...table, transact, settle }), {}, 'test');
    const body = new TextEncoder().encode('{"eventName":"person.created"}');
    const parsed = await parseEvent(body);
    const event = { id: 'e', name: 'person.created', workspaceId: 'w' };
    const put = () => inbox.put({ body, parsed, delivery: {}, headers: {}, event, jobs: [{ key: 'k', handler: 'h' }] }, { timeoutMs: 2000 });
    const logger = { warn() {}, error() {} };
    const worker = { handlerOf: () => () => console.log('ran'), retry: { attempts: 3 }, logger };
    ${code}`;
  const conditions = ['--conditions', '@twenty-webhooks/source', '--input-type=module'];
  const ended = spawnSync(process.execPath, [...conditions, '-e', script], { timeout: 10_000, killSignal: 'SIGKILL' });
  expect(ended.stderr.toString()).toBe('');
  expect(ended.stdout.toString().trim()).toBe(printed === 'purged' ? printed : `${printed}\nsettled`);
  expect(ended.status).toBe(0);
});

describe('inspection', () => {
  const refusal = { code: 'OPTION_INVALID' };

  test.each([{ stat: 'dead' }, { state: 'failed' }, { handler: 5 }, { object: '' }, 'dead', null])(
    'a filter that was not meant changes nothing: %j',
    async (filter) => {
      const { inbox } = setup();
      const { list, purge, retry } = inbox.inspection;
      await expect(list(filter as never)).rejects.toMatchObject(refusal);
      await expect(purge(filter as never)).rejects.toMatchObject(refusal);
      if (typeof filter !== 'string') await expect(retry(filter as never)).rejects.toMatchObject(refusal);
    },
  );

  test.each([{ limit: 0 }, { limit: 1.5 }, { limit: Number.POSITIVE_INFINITY }, { before: 5 }])(
    '%j is no page',
    async (options) => {
      await expect(setup().inbox.inspection.list(options as never)).rejects.toMatchObject(refusal);
    },
  );

  test('what is still to be run is not purged, and what is done is not run again', async () => {
    const { inspection } = setup().inbox;
    await expect(inspection.purge({ state: 'waiting' })).rejects.toMatchObject(refusal);
    await expect(inspection.retry({ state: 'done' })).rejects.toMatchObject(refusal);
  });

  test('lists 100 jobs unless more are asked for', async () => {
    const { inbox, put } = setup();
    await Promise.all(Array.from({ length: 101 }, (_, index) => put(`k${index}`)));
    expect(await inbox.inspection.list()).toHaveLength(100);
    expect(await inbox.inspection.list({ limit: undefined })).toHaveLength(100);
    expect(await inbox.inspection.list({ limit: 1_000 })).toHaveLength(101);
  });

  test('large changes are made in steps', async () => {
    const { inbox, transactions, put, work } = setup({ concurrency: 1_000 });
    work(() => {});
    await Promise.all(Array.from({ length: 450 }, (_, index) => put(`k${index}`)));
    await waitFor(async () => expect(await inbox.inspection.counts()).toMatchObject({ done: 450 }));
    transactions.length = 0;
    expect(await inbox.inspection.purge({})).toBe(450);
    // One to see how far it goes.
    expect(transactions).toHaveLength(1 + 3);
  });

  test('what dies again while dead jobs are retried is not retried again', async () => {
    const { inbox, put, work, runs } = setup({ concurrency: 1_000 });
    work(() => {
      throw new NonRetryableError('again');
    });
    await Promise.all(Array.from({ length: 300 }, (_, index) => put(`k${index}`)));
    await waitFor(async () => expect(await inbox.inspection.counts()).toMatchObject({ dead: 300 }));
    expect(await inbox.inspection.retry({})).toBe(300);
    await waitFor(async () => expect(await inbox.inspection.counts()).toMatchObject({ dead: 300 }));
    expect(runs).toHaveLength(600);
  });

  test('a change gives up, too, while another process writes, and is not made later', async () => {
    const { inbox, trouble, put, work } = setup();
    work(() => {
      throw new NonRetryableError('dead');
    });
    await put('k');
    await waitFor(async () => expect(await inbox.inspection.counts()).toMatchObject({ dead: 1 }));
    trouble.next = () => 'busy';
    await expect(inbox.inspection.retry('k')).rejects.toMatchObject({ code: 'INBOX_UNAVAILABLE' });
    trouble.next = undefined;
    await put('other');
    expect(await inbox.inspection.get('k')).toMatchObject({ state: 'dead' });
  });

  test('of a closed inbox says so', async () => {
    const { inbox } = setup();
    await inbox.close();
    for (const look of [
      () => inbox.inspection.counts(),
      () => inbox.inspection.list(),
      () => inbox.inspection.get('k'),
    ]) {
      await expect(look()).rejects.toMatchObject({ code: 'INBOX_UNAVAILABLE' });
    }
  });

  test('shows what has ended, also if it is not written yet', async () => {
    const { inbox, put, work } = setup();
    let counts: unknown;
    work(() => {
      // The first moment in which the run is known to have ended.
      setImmediate(async () => {
        counts = await inbox.inspection.counts();
      });
    });
    await put('k');
    await waitFor(() => expect(counts).toEqual({ waiting: 0, running: 0, done: 1, dead: 0 }));
  });
});

test.each([
  { concurrency: 0 },
  { concurrency: 1.5 },
  { leaseMs: 10 },
  { leaseMs: '30s' },
  { runTimeoutMs: 0 },
  { retentionDays: -1 },
  { now: 5 },
  { lease: 1 },
])('%j is refused, and no table is opened', (options) => {
  const open = vi.fn(createMemoryJobs);
  expect(() => embeddedInbox(open, options as never, 'testInbox')).toThrow(
    expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining('testInbox') }),
  );
  expect(open).not.toHaveBeenCalled();
});
