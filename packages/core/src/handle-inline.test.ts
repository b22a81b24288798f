import { spawnSync } from 'node:child_process';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { immediate } from '#crypto';
import type { Handler } from './handler.ts';
import { type IdempotencyStore, idempotencyKey } from './idempotency.ts';
import { createMemoryClaims } from './memory/memory-claims.ts';
import { memoryStore } from './memory/memory-store.ts';
import type { LateSettlement, Observation } from './observation.ts';
import type { ReceiverOptions } from './options.ts';
import type { Outcome } from './outcome.ts';
import { createReceiver, type Receiver } from './receiver.ts';
import {
  createGate,
  createLog,
  createThenable,
  delivery,
  envelopeBody,
  nowMs,
  secret,
  serverBody,
  signTimestamped,
  toBytes,
} from './testdata/deliveries.ts';

const body = toBytes(JSON.stringify(serverBody('person.created')));
const keyOf = async (name: string, id: string): Promise<string> => idempotencyKey('workspace-1', id, name);

function setup(handlers: Record<string, Handler>, options: Partial<ReceiverOptions> = {}) {
  const log = createLog();
  const observed: Observation[] = [];
  const receiver = createReceiver({
    secret,
    logger: log,
    observe: (one) => observed.push(one),
    ...options,
  } as ReceiverOptions);
  for (const [name, handler] of Object.entries(handlers)) receiver.on('*', { name }, handler);
  /** Send the same event again, signed now. */
  const send = (bytes: Uint8Array = body): Promise<Outcome> =>
    receiver.receive(delivery(bytes, { headers: signTimestamped(bytes, secret, Date.now()) }));
  const late = () => observed.filter((one): one is LateSettlement => one.status === 'late');
  return { receiver, send, log, observed, late };
}

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** A store that works, whose calls are seen and can be replaced. */
function spiedStore(replaced: Partial<IdempotencyStore> = {}) {
  const store = { ...memoryStore(), ...replaced };
  return {
    claim: vi.fn(store.claim),
    extend: vi.fn(store.extend),
    complete: vi.fn(store.complete),
    release: vi.fn(store.release),
  };
}

/** How much Web Crypto still works on, on threads of its own. */
let atWork = 0;
const watched = ['importKey', 'verify', 'digest'] as const;
for (const name of watched) {
  const original: (...args: never) => Promise<unknown> = crypto.subtle[name];
  const value = (...args: readonly unknown[]): Promise<unknown> => {
    atWork++;
    return (Reflect.apply(original, crypto.subtle, args) as Promise<unknown>).finally(() => atWork--);
  };
  Object.defineProperty(crypto.subtle, name, { value, configurable: true });
}
afterAll(() => {
  for (const name of watched) Reflect.deleteProperty(crypto.subtle, name);
});

/** Let everything that waits for no timer get where it is going: promises, and the threads on which Web Crypto works. */
const settle = async (): Promise<void> => {
  for (let quiet = 0; quiet < 20; quiet++) {
    await new Promise((resolve) => setImmediate(resolve));
    if (atWork > 0) quiet = 0;
  }
};
const pass = async (ms: number): Promise<void> => {
  await settle();
  await vi.advanceTimersByTimeAsync(ms);
  await settle();
};
const brokenThen = (): never => {
  throw new Error('then');
};
const never = () => new Promise<never>(() => {});
const fail = (message = 'no'): Promise<never> => Promise.reject(new Error(message));

beforeEach(() => {
  vi.useFakeTimers({
    now: nowMs,
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'],
  });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('handlers', () => {
  test('run concurrently', async () => {
    const [a, b] = [createGate(), createGate()];
    // Each waits for the other: one after the other they would never end.
    const { send } = setup({
      a: async () => {
        a.open();
        await b.promise;
      },
      b: async () => {
        b.open();
        await a.promise;
      },
    });
    expect(await send()).toMatchObject({ status: 'handled' });
  });

  test.each<[what: string, handler: Handler]>([
    ['nothing', () => {}],
    ['a promise', async () => {}],
    ['false', () => false],
    ['an error', () => new Error('returned, not thrown')],
    ['a function', () => () => {}],
    ['a thenable', () => createThenable((done: () => void) => done())],
    ['null', () => null],
  ])('may return %s', async (_, handler) => {
    expect(await setup({ a: handler }).send()).toMatchObject({ status: 'handled' });
  });

  test.each<[what: string, handler: Handler, cause: unknown]>([
    [
      'throw',
      () => {
        throw new TypeError('sync');
      },
      new TypeError('sync'),
    ],
    ['reject', () => fail('async'), new Error('async')],
    ['reject with nothing', () => Promise.reject(), undefined],
    ['reject with a text', () => Promise.reject('text'), 'text'],
    ['reject as a thenable', () => createThenable((_: unknown, no: (cause: unknown) => void) => no('x')), 'x'],
    ['return a broken thenable', () => createThenable({ get: brokenThen }), new Error('then')],
  ])('that %s fail, each with a line', async (_, handler, cause) => {
    const { send, log } = setup({ mail: handler });
    expect(await send()).toMatchObject({
      status: 'failed',
      code: 'HANDLER_FAILED',
      reason: /"mail"/,
      cause,
      event: { event: 'person.created' },
      delivery: { scheme: 'timestamped' },
    });
    expect(log.errors).toEqual([['[twenty-webhooks] handler "mail" failed', cause]]);
    await send();
    expect(log.errors).toHaveLength(2);
  });

  test('one that fails does not stop the others', async () => {
    const other = vi.fn(async () => {});
    const { send } = setup({
      bad: () => {
        throw new Error('x');
      },
      other,
    });
    expect(await send()).toMatchObject({ code: 'HANDLER_FAILED' });
    expect(other).toHaveBeenCalledOnce();
  });

  test('share a signal that does not abort while there is time', async () => {
    const signals: AbortSignal[] = [];
    const keep: Handler = (_, { signal }) => void signals.push(signal);
    await setup({ a: keep, b: keep }).send();
    expect(signals[0]).toBe(signals[1]);
    await pass(60_000);
    expect(signals[0]?.aborted).toBe(false);
  });

  test('each have their own key, the same for every run', async () => {
    const keys: string[] = [];
    const { send } = setup({
      a: (_, context) => fail(void keys.push(context.idempotencyKey) as never),
      b: (_, { idempotencyKey: key }) => void keys.push(key),
    });
    await send();
    const { event } = (await send()) as { event: { id: string } };
    const [a, b] = [await keyOf('a', event.id), await keyOf('b', event.id)];
    // Which of two that run at once comes first is open: digests may be promises.
    expect(keys.slice(0, 2).sort()).toEqual([a, b].sort());
    expect(keys.slice(2)).toEqual([a]);
  });
});

describe('what several handlers give together: failed > busy > handled > duplicate', () => {
  const states = ['failed', 'busy', 'handled', 'duplicate'] as const;
  const sequences = [
    ...states.map((one) => [one]),
    ...states.flatMap((a) => states.map((b) => [a, b])),
    ...states.flatMap((a) => states.flatMap((b) => states.map((c) => [a, b, c]))),
  ];

  test.each(sequences.map((sequence) => [sequence.join(', '), sequence] as const))('%s', async (_, sequence) => {
    const { id } = (await setup({ '*': () => {} }).send()) as { id: string };
    const claims = new Map<string, unknown>();
    for (const [index, state] of sequence.entries()) {
      const claim = {
        busy: { state: 'busy' },
        duplicate: { state: 'done' },
        handled: { state: 'claimed', token: '1' },
        failed: { state: 'claimed', token: '1' },
      };
      claims.set(await keyOf(String(index), id), claim[state]);
    }
    const ran: string[] = [];
    const handlers = sequence.map((state, index): [string, Handler] => [
      String(index),
      () => {
        ran.push(state);
        return state === 'failed' ? fail() : undefined;
      },
    ]);
    const idempotency = spiedStore({ claim: async (key) => claims.get(key) as never });
    const outcome = await setup(Object.fromEntries(handlers), { idempotency }).send();
    expect(outcome.status).toBe(states.find((state) => sequence.includes(state)));
    expect(ran.sort()).toEqual(sequence.filter((state) => state === 'failed' || state === 'handled').sort());
  });
});

describe('a redelivery', () => {
  test('of what was handled is a duplicate and runs nothing', async () => {
    const run = vi.fn();
    const { send } = setup({ a: run });
    expect(await send()).toMatchObject({ status: 'handled' });
    expect(await send()).toMatchObject({ status: 'duplicate' });
    expect(await send(toBytes(JSON.stringify(serverBody('person.created', { eventDate: 'later' }))))).toMatchObject({
      status: 'duplicate',
    });
    expect(run).toHaveBeenCalledOnce();
  });

  test('runs only the handlers that failed', async () => {
    const good = vi.fn();
    const bad = vi.fn().mockRejectedValueOnce(new Error('once'));
    const { send } = setup({ good, bad });
    expect(await send()).toMatchObject({ status: 'failed' });
    expect(await send()).toMatchObject({ status: 'handled' });
    expect(await send()).toMatchObject({ status: 'duplicate' });
    expect(good).toHaveBeenCalledOnce();
    expect(bad).toHaveBeenCalledTimes(2);
  });

  test('runs a handler that was added since', async () => {
    const { receiver, send } = setup({ a: () => {} });
    await send();
    const added = vi.fn();
    receiver.on('*', { name: 'added' }, added);
    expect(await send()).toMatchObject({ status: 'handled' });
    expect(added).toHaveBeenCalledOnce();
  });

  test('during the first run is busy, for however many', async () => {
    const gate = createGate();
    const run = vi.fn(() => gate.promise);
    const { send } = setup({ a: run });
    const outcomes = Array.from({ length: 10 }, () => send());
    await settle();
    gate.open();
    const statuses = (await Promise.all(outcomes)).map(({ status }) => status);
    expect(statuses.sort()).toEqual([...Array(9).fill('busy'), 'handled']);
    expect(run).toHaveBeenCalledOnce();
    expect(await send()).toMatchObject({ status: 'duplicate' });
  });

  test('in another workspace is another event', async () => {
    const run = vi.fn();
    const { send } = setup({ a: run });
    for (const workspaceId of ['one', 'two']) {
      expect(await send(toBytes(JSON.stringify(envelopeBody('person.created', {}, { workspaceId }))))).toMatchObject({
        status: 'handled',
        id: 'event-1',
      });
    }
    expect(run).toHaveBeenCalledTimes(2);
  });

  test('to another receiver with the same store is a duplicate too', async () => {
    const idempotency = memoryStore();
    expect(await setup({ a: () => {} }, { idempotency }).send()).toMatchObject({ status: 'handled' });
    expect(await setup({ a: () => {} }, { idempotency }).send()).toMatchObject({ status: 'duplicate' });
    expect(await setup({ b: () => {} }, { idempotency }).send()).toMatchObject({ status: 'handled' });
  });

  test("with idempotency 'off' runs again", async () => {
    const run = vi.fn();
    const { send } = setup({ a: run }, { idempotency: 'off' });
    expect(await send()).toMatchObject({ status: 'handled' });
    expect(await send()).toMatchObject({ status: 'handled' });
    expect(run).toHaveBeenCalledTimes(2);
  });
});

describe('the memory of a receiver without a store', () => {
  test('is its own, and lasts from one delivery to the next', async () => {
    const [one, other] = [setup({ h: () => {} }), setup({ h: () => {} })];
    expect((await one.send()).status).toBe('handled');
    expect((await one.send()).status).toBe('duplicate');
    expect((await other.send()).status).toBe('handled');
  });

  test('tells handlers apart, and workspaces whose events have one id', async () => {
    const runs: string[] = [];
    const { send } = setup({ a: () => void runs.push('a'), b: () => void runs.push('b') });
    const inWorkspace = (workspaceId: string) =>
      toBytes(JSON.stringify(envelopeBody('person.created', {}, { workspaceId })));
    for (const workspace of ['one', 'other', 'one']) await send(inWorkspace(workspace));
    // Where digests are promises, either may begin first.
    expect(runs.sort()).toEqual(['a', 'a', 'b', 'b']);
  });

  test('gives handlers the key that a store would see', async () => {
    const keys: string[] = [];
    const { send } = setup({ h: (_, { idempotencyKey: key }) => void keys.push(key) });
    const outcome = await send();
    expect(keys).toEqual([await keyOf('h', 'event' in outcome ? outcome.event.id : '')]);
  });

  test('is busy while a handler runs, and lets a redelivery run what failed', async () => {
    const gate = createGate();
    let runs = 0;
    const { send } = setup({
      h: async () => {
        runs++;
        await gate.promise;
        if (runs === 1) throw new Error('the first');
      },
    });
    const first = send();
    await settle();
    expect((await send()).status).toBe('busy');
    gate.open();
    expect((await first).status).toBe('failed');
    expect((await send()).status).toBe('handled');
    expect((await send()).status).toBe('duplicate');
    expect(runs).toBe(2);
  });

  test('is bounded, whatever a sender calls an event', async () => {
    const { send, observed } = setup({ h: () => {} });
    const megabytes = (): number => process.memoryUsage().heapUsed / 2 ** 20;
    const bytesOf = (id: string) => toBytes(JSON.stringify(envelopeBody('person.created', {}, { id })));
    collectGarbage();
    const before = megabytes();
    for (let index = 0; index < 20; index++) {
      await send(bytesOf(`${index}${'x'.repeat(1_000_000)}`));
      observed.length = 0;
    }
    expect((await send(bytesOf(`0${'x'.repeat(1_000_000)}`))).status).toBe('duplicate');
    observed.length = 0;
    collectGarbage();
    expect(megabytes() - before).toBeLessThan(10);
  }, 60_000);

  test('with handlers that return at once is asked and told in one turn', async () => {
    const { send } = setup({ h: () => {} });
    const statuses = await Promise.all([send(), send(), send()]);
    expect(statuses.map(({ status }) => status).sort()).toEqual(['duplicate', 'duplicate', 'handled']);
  });
});

describe('the store', () => {
  test('may answer without promises, and may throw at once', async () => {
    const claims = createMemoryClaims();
    const { send } = setup({ h: () => {} }, { idempotency: claims as unknown as IdempotencyStore });
    expect((await send()).status).toBe('handled');
    expect((await send()).status).toBe('duplicate');
    const claim = (): never => {
      throw new Error('down');
    };
    const broken = setup({ h: () => {} }, { idempotency: { ...memoryStore(), claim } });
    expect(await broken.send()).toMatchObject({ status: 'failed', code: 'INBOX_UNAVAILABLE' });
  });

  test('is waited for where it answers with a thenable, and its failure is in the log', async () => {
    const complete = vi.fn(() => createThenable((done: (is: boolean) => void) => done(true)));
    const claims = { ...createMemoryClaims(), complete };
    const { send } = setup({ h: () => {} }, { idempotency: claims as unknown as IdempotencyStore });
    expect((await send()).status).toBe('handled');
    const rejects = () => createThenable((_: unknown, no: (cause: unknown) => void) => no('gone'));
    const broken = { ...createMemoryClaims(), complete: rejects } as unknown as IdempotencyStore;
    const { send: sendToBroken, log } = setup({ h: () => {} }, { idempotency: broken });
    expect((await sendToBroken()).status).toBe('handled');
    expect(log.errors).toEqual([[expect.stringContaining('idempotency store failed'), 'gone']]);
  });

  test('is asked with the key and a lease that outlives the deadline, and told what was done, for longer than any redelivery', async () => {
    const idempotency = spiedStore();
    const { send } = setup({ mail: () => {} }, { idempotency, handlerTimeoutMs: 2_000 });
    const { id } = (await send()) as { id: string };
    const key = await keyOf('mail', id);
    expect(idempotency.claim).toHaveBeenCalledExactlyOnceWith(
      key,
      expect.toSatisfy((lease: number) => lease > 2_000 && lease <= 60_000),
    );
    const { token } = (await Promise.resolve(idempotency.claim.mock.results[0]?.value)) as { token: string };
    expect(idempotency.complete).toHaveBeenCalledExactlyOnceWith(
      key,
      token,
      expect.toSatisfy((ttl: number) => ttl > 39 * 3_600_000),
    );
    expect(idempotency.release).not.toHaveBeenCalled();
    expect(idempotency.extend).not.toHaveBeenCalled();
  });

  test('gets the claim of a failed handler back, and nothing else', async () => {
    const idempotency = spiedStore();
    const { id } = ((await setup({ mail: () => fail() }, { idempotency }).send()) as never as { event: { id: string } })
      .event;
    expect(idempotency.release).toHaveBeenCalledExactlyOnceWith(await keyOf('mail', id), expect.any(String));
    expect(idempotency.complete).not.toHaveBeenCalled();
  });

  test('is told before the answer goes out', async () => {
    const gate = createGate<boolean>();
    const { send } = setup({ a: () => {} }, { idempotency: spiedStore({ complete: () => gate.promise }) });
    const settled = vi.fn();
    const outcome = send();
    void outcome.then(settled);
    await settle();
    expect(settled).not.toHaveBeenCalled();
    gate.open(true);
    expect(await outcome).toMatchObject({ status: 'handled' });
  });

  test.each<[what: string, claim: () => Promise<never>]>([
    ['rejects', () => fail('down')],
    [
      'throws',
      () => {
        throw new Error('down');
      },
    ],
  ])('whose claim %s: 503, and nothing has run', async (_, claim) => {
    const run = vi.fn();
    const { send, log } = setup({ a: run }, { idempotency: spiedStore({ claim }) });
    expect(await send()).toMatchObject({ status: 'failed', code: 'INBOX_UNAVAILABLE', cause: { message: 'down' } });
    expect(run).not.toHaveBeenCalled();
    expect(log.errors).toEqual([
      [expect.stringMatching(/INBOX_UNAVAILABLE/), expect.objectContaining({ message: 'down' })],
    ]);
  });

  test('that comes back lets a redelivery run', async () => {
    const memory = memoryStore();
    const claim = vi.fn(memory.claim).mockRejectedValueOnce(new Error('down'));
    const { send } = setup({ a: () => {} }, { idempotency: { ...memory, claim } });
    expect(await send()).toMatchObject({ code: 'INBOX_UNAVAILABLE' });
    expect(await send()).toMatchObject({ status: 'handled' });
  });

  test('that fails for one handler: the others run, and not again', async () => {
    const memory = memoryStore();
    const claim = vi.fn(memory.claim).mockRejectedValueOnce(new Error('down'));
    const runs = { a: vi.fn(), b: vi.fn() };
    const { send } = setup(runs, { idempotency: { ...memory, claim } });
    expect(await send()).toMatchObject({ code: 'INBOX_UNAVAILABLE' });
    expect(runs.a.mock.calls.length + runs.b.mock.calls.length).toBe(1);
    expect(await send()).toMatchObject({ status: 'handled' });
    expect([runs.a.mock.calls.length, runs.b.mock.calls.length]).toEqual([1, 1]);
  });

  test('whose claim hangs: 503 at the deadline, and a claim that comes later is given back', async () => {
    const memory = memoryStore();
    const gate = createGate();
    const run = vi.fn();
    const idempotency = spiedStore({
      ...memory,
      claim: (key, lease) => gate.promise.then(() => memory.claim(key, lease)),
    });
    const { send, late } = setup({ a: run }, { idempotency });
    const settled = vi.fn();
    const outcome = send();
    void outcome.then(settled);
    await pass(4_499);
    expect(settled).not.toHaveBeenCalled();
    await pass(1);
    expect(await outcome).toMatchObject({ status: 'failed', code: 'INBOX_UNAVAILABLE' });
    gate.open();
    await settle();
    expect(run).not.toHaveBeenCalled();
    expect(idempotency.release).toHaveBeenCalledOnce();
    expect(late()).toEqual([]);
    expect(await send()).toMatchObject({ status: 'handled' });
  });

  test('whose claim hangs and then fails disturbs nobody', async () => {
    const gate = createGate<never>();
    const { send } = setup({ a: () => {} }, { idempotency: spiedStore({ claim: () => gate.promise }) });
    const outcome = send();
    await pass(4_500);
    expect(await outcome).toMatchObject({ code: 'INBOX_UNAVAILABLE' });
    gate.fail(new Error('down'));
    await settle();
  });

  test.each<[what: string, complete: () => Promise<never>]>([
    ['rejects', () => fail('down')],
    [
      'throws',
      () => {
        throw new Error('down');
      },
    ],
  ])('whose complete %s: what is handled is handled, and the failure is logged', async (_, complete) => {
    const { send, log } = setup({ a: () => {} }, { idempotency: spiedStore({ complete }) });
    expect(await send()).toMatchObject({ status: 'handled' });
    expect(log.errors).toEqual([
      [expect.stringMatching(/idempotency store/), expect.objectContaining({ message: 'down' })],
    ]);
  });

  test('whose complete hangs: the answer does not wait longer than for handlers', async () => {
    const { send, late } = setup({ a: () => {} }, { idempotency: spiedStore({ complete: never }) });
    const outcome = send();
    await pass(4_500);
    expect(await outcome).toMatchObject({ status: 'handled' });
    expect(late()).toEqual([]);
  });

  test('whose release rejects: the handler failed, and both are logged', async () => {
    const { send, log } = setup({ a: () => fail() }, { idempotency: spiedStore({ release: () => fail('down') }) });
    expect(await send()).toMatchObject({ code: 'HANDLER_FAILED' });
    expect(log.errors.map(([line]) => line)).toEqual([
      expect.stringMatching(/handler "a" failed/),
      expect.stringMatching(/idempotency store/),
    ]);
  });

  test('whose release hangs: HANDLER_FAILED at the deadline', async () => {
    const { send } = setup({ a: () => fail() }, { idempotency: spiedStore({ release: never }) });
    const outcome = send();
    await pass(4_500);
    expect(await outcome).toMatchObject({ code: 'HANDLER_FAILED' });
  });

  test('keeps its `this`', async () => {
    class Store implements IdempotencyStore {
      readonly #memory = memoryStore();
      claim = (...args: Parameters<IdempotencyStore['claim']>) => this.#memory.claim(...args);
      extend(...args: Parameters<IdempotencyStore['extend']>) {
        return this.#memory.extend(...args);
      }
      complete(...args: Parameters<IdempotencyStore['complete']>) {
        return this.#memory.complete(...args);
      }
      release(...args: Parameters<IdempotencyStore['release']>) {
        return this.#memory.release(...args);
      }
    }
    const { send } = setup({ a: () => {} }, { idempotency: new Store() });
    expect(await send()).toMatchObject({ status: 'handled' });
    expect(await send()).toMatchObject({ status: 'duplicate' });
  });
});

test('a deadline that is over when handlers start is no negative timer', async () => {
  // Node warns of its own timers only.
  vi.useRealTimers();
  const warnings: string[] = [];
  const warn = (warning: Error): void => void warnings.push(warning.name);
  process.on('warning', warn);
  let clockMs = nowMs;
  const gate = createGate();
  // Without a claim, which may take longer than no time.
  const { receiver } = setup({ h: () => gate.promise }, { now: () => clockMs, idempotency: 'off' });
  const slow = async (): Promise<Uint8Array> => {
    clockMs += 6_000;
    return body;
  };
  const outcome = await receiver.receive({
    ...delivery(body, { headers: signTimestamped(body, secret, nowMs) }),
    body: slow,
  });
  expect(outcome).toMatchObject({ status: 'failed', code: 'HANDLER_TIMEOUT' });
  gate.open();
  await settle();
  process.off('warning', warn);
  expect(warnings).toEqual([]);
});

describe('the deadline', () => {
  test('is for all handlers together, and what it waits for is told', async () => {
    const { send } = setup({ quick: () => {}, slow: never });
    const outcome = send();
    const settled = vi.fn();
    void outcome.then(settled);
    await pass(4_499);
    expect(settled).not.toHaveBeenCalled();
    await pass(1);
    expect(await outcome).toMatchObject({ status: 'failed', code: 'HANDLER_TIMEOUT', reason: /"slow"/ });
  });

  test('is an option', async () => {
    const outcome = setup({ slow: never }, { handlerTimeoutMs: 100 }).send();
    await pass(100);
    expect(await outcome).toMatchObject({ code: 'HANDLER_TIMEOUT' });
  });

  test('counts from receipt: a body that takes its time leaves less for handlers', async () => {
    const { receiver } = setup({ slow: never });
    const gate = createGate<Uint8Array>();
    const outcome = receiver.receive({ ...delivery(body), body: () => gate.promise });
    const settled = vi.fn();
    void outcome.then(settled);
    await pass(4_000);
    gate.open(body);
    await settle();
    await pass(499);
    expect(settled).not.toHaveBeenCalled();
    await pass(1);
    expect(await outcome).toMatchObject({ code: 'HANDLER_TIMEOUT' });
  });

  test('gives what was thrown before what was only too slow', async () => {
    const { send } = setup({ slow: never, bad: () => fail('thrown') });
    const outcome = send();
    await pass(4_500);
    expect(await outcome).toMatchObject({ code: 'HANDLER_FAILED', cause: { message: 'thrown' } });
  });

  test('aborts the signal, with a reason, also for who looks later', async () => {
    const signals: AbortSignal[] = [];
    let later: (() => AbortSignal) | undefined;
    const { send } = setup({
      a: (_, { signal }) => {
        signals.push(signal);
        return never();
      },
      b: (_, context) => {
        later = () => context.signal;
        return never();
      },
    });
    const outcome = send();
    await pass(4_499);
    expect(signals[0]?.aborted).toBe(false);
    await pass(1);
    await outcome;
    expect(signals[0]).toMatchObject({ aborted: true, reason: { name: 'WebhookError', code: 'HANDLER_TIMEOUT' } });
    expect(later?.()).toBe(signals[0]);
  });

  test('leaves no timer behind when it was not needed', async () => {
    await setup({ a: async () => {} }).send();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a handler that outlives the deadline', () => {
  async function overrun(options: Partial<ReceiverOptions> = {}) {
    const gate = createGate();
    const run = vi.fn((): unknown => gate.promise);
    const all = setup({ slow: run }, options);
    const first = all.send();
    await pass(4_500);
    expect(await first).toMatchObject({ code: 'HANDLER_TIMEOUT' });
    return { ...all, gate, run };
  }

  test('keeps its claim, far beyond the first lease: a redelivery meanwhile is busy', async () => {
    const { send, run, gate } = await overrun();
    for (let minute = 0; minute < 3; minute++) {
      await pass(60_000);
      expect(await send()).toMatchObject({ status: 'busy' });
    }
    expect(run).toHaveBeenCalledOnce();
    gate.open();
    await settle();
  });

  test('and then succeeds: told to observe, and the next is a duplicate', async () => {
    const { send, run, gate, late } = await overrun();
    expect(late()).toEqual([]);
    gate.open();
    await settle();
    expect(late()).toEqual([
      {
        status: 'late',
        result: 'done',
        handlerName: 'slow',
        event: expect.objectContaining({ event: 'person.created' }),
      },
    ]);
    expect(await send()).toMatchObject({ status: 'duplicate' });
    await pass(24 * 3_600_000);
    expect(await send()).toMatchObject({ status: 'duplicate' });
    expect(run).toHaveBeenCalledOnce();
  });

  test('and then fails: told to observe and to the log, and the next runs again', async () => {
    const { send, run, gate, late, log } = await overrun();
    const cause = new Error('late');
    gate.fail(cause);
    await settle();
    expect(late()).toEqual([
      { status: 'late', result: 'failed', handlerName: 'slow', event: expect.anything(), cause },
    ]);
    expect(log.errors).toContainEqual([expect.stringMatching(/"slow" failed/), cause]);
    run.mockReturnValueOnce(undefined);
    expect(await send()).toMatchObject({ status: 'handled' });
    expect(run).toHaveBeenCalledTimes(2);
  });

  test('leaves no timer behind once it has ended', async () => {
    const { gate } = await overrun();
    expect(vi.getTimerCount()).toBeGreaterThan(0);
    gate.open();
    await pass(60_000);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('with others that were in time: only it runs again', async () => {
    const gate = createGate();
    const quick = vi.fn();
    const slow = vi.fn((): unknown => gate.promise);
    const { send, late } = setup({ quick, slow });
    const first = send();
    await pass(4_500);
    await first;
    expect(await send()).toMatchObject({ status: 'busy' });
    gate.fail(new Error('late'));
    await settle();
    slow.mockReturnValueOnce(undefined);
    expect(await send()).toMatchObject({ status: 'handled' });
    expect([quick.mock.calls.length, slow.mock.calls.length]).toEqual([1, 2]);
    expect(late()).toHaveLength(1);
  });

  test('stops extending a claim that it has lost', async () => {
    const idempotency = spiedStore({ extend: async () => false });
    const { gate } = await overrun({ idempotency });
    const calls = idempotency.extend.mock.calls.length;
    expect(calls).toBeGreaterThan(0);
    await pass(60_000);
    expect(idempotency.extend.mock.calls.length).toBeLessThanOrEqual(calls + 1);
    expect(vi.getTimerCount()).toBe(0);
    gate.open();
    await settle();
  });

  test('goes on extending while the store is down', async () => {
    const memory = memoryStore();
    const extend = vi.fn(memory.extend).mockRejectedValueOnce(new Error('down'));
    const { send, gate } = await overrun({ idempotency: { ...memory, extend } });
    await pass(60_000);
    expect(await send()).toMatchObject({ status: 'busy' });
    gate.open();
    await settle();
  });

  test.each<[what: string, extend: () => never]>([
    [
      'throws',
      () => {
        throw new Error('down');
      },
    ],
    ['gives no promise', () => true as never],
  ])('survives a store whose extend %s', async (_, extend) => {
    const { send, gate } = await overrun({ idempotency: spiedStore({ extend }) });
    await pass(3_000);
    gate.open();
    await settle();
    expect(await send()).toMatchObject({ status: 'duplicate' });
  });

  test('extends by the whole lease, with its own token', async () => {
    const idempotency = spiedStore();
    const { gate } = await overrun({ idempotency });
    const [key, lease] = idempotency.claim.mock.calls[0] ?? [];
    const { token } = (await Promise.resolve(idempotency.claim.mock.results[0]?.value)) as { token: string };
    expect(idempotency.extend).toHaveBeenCalledWith(key, token, lease);
    gate.open();
    await settle();
  });

  test("with idempotency 'off' is observed too", async () => {
    const { gate, late } = await overrun({ idempotency: 'off' });
    await pass(10_000);
    gate.open();
    await settle();
    expect(late()).toMatchObject([{ result: 'done' }]);
  });

  test('and an observer that throws then changes nothing', async () => {
    const observe = (one: Observation): void => {
      if (one.status === 'late') throw new Error('observer');
    };
    const { send, gate } = await overrun({ observe });
    gate.open();
    await settle();
    expect(await send()).toMatchObject({ status: 'duplicate' });
  });
});

describe('close', () => {
  const closed = (receiver: Receiver, graceMs?: number) => {
    const done = vi.fn();
    void receiver.close(graceMs === undefined ? undefined : { graceMs }).then(done);
    return done;
  };

  test('with nothing running ends at once, also twice', async () => {
    const { receiver, send } = setup({ a: () => {} });
    await send();
    await receiver.close();
    await receiver.close({ graceMs: 0 });
    expect(vi.getTimerCount()).toBe(0);
  });

  test('waits for what runs, and no longer', async () => {
    const gate = createGate();
    const { receiver, send } = setup({ a: () => gate.promise });
    const outcome = send();
    await settle();
    const done = closed(receiver, 60_000);
    await pass(1_000);
    expect(done).not.toHaveBeenCalled();
    gate.open();
    await settle();
    expect(done).toHaveBeenCalled();
    expect(await outcome).toMatchObject({ status: 'handled' });
  });

  test('aborts what still runs after graceMs, 5 s by default', async () => {
    let seen: AbortSignal | undefined;
    const keep: Handler = (_, { signal }) => {
      seen = signal;
      return never();
    };
    const { receiver, send } = setup({ a: keep }, { handlerTimeoutMs: 600_000 });
    void send();
    await settle();
    const done = closed(receiver);
    await pass(4_999);
    expect([done.mock.calls.length, seen?.aborted]).toEqual([0, false]);
    await pass(1);
    expect([done.mock.calls.length, seen?.aborted]).toEqual([1, true]);
  });

  test('waits for late handlers too', async () => {
    const gate = createGate();
    const { receiver, send } = setup({ a: () => gate.promise });
    const outcome = send();
    await pass(4_500);
    await outcome;
    const done = closed(receiver, 60_000);
    await pass(30_000);
    expect(done).not.toHaveBeenCalled();
    gate.open();
    await settle();
    expect(done).toHaveBeenCalled();
  });

  test('with graceMs 0 aborts at once', async () => {
    let seen: AbortSignal | undefined;
    const keep: Handler = (_, { signal }) => {
      seen = signal;
      return never();
    };
    const { receiver, send } = setup({ a: keep });
    void send();
    await settle();
    const done = closed(receiver, 0);
    await pass(0);
    expect([done.mock.calls.length, seen?.aborted]).toEqual([1, true]);
  });
});

test('a handler that answers at once is answered at once, where digests are', async () => {
  const { send } = setup({ a: () => {} }, { idempotency: 'off' });
  const outcome = (await send()) as { id: string | undefined };
  // Nobody has asked for the id, so that on Node it was not computed.
  expect(outcome.id === undefined).toBe(immediate);
});

test('a handler that never returns does not keep the process alive', () => {
  const code = `
    const { createReceiver } = await import(process.argv[1]);
    const on = { '*': () => new Promise(() => {}) };
    const receiver = createReceiver({ unsigned: 'accept', handlerTimeoutMs: 1, logger: { warn() {}, error() {} }, on });
    const body = new TextEncoder().encode('{"eventName":"person.created"}');
    const { code } = await receiver.receive({ method: 'POST', url: '/', headers: {}, body });
    console.log(code);`;
  const args = [
    '--conditions=@twenty-webhooks/source',
    '--input-type=module',
    '--eval',
    code,
    new URL('./index.ts', import.meta.url).href,
  ];
  const env = { ...process.env, TWENTY_WEBHOOK_SECRET: undefined, NODE_OPTIONS: '' };
  const { stdout, stderr, signal } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 10_000, env });
  expect({ stdout, signal }, stderr).toEqual({ stdout: 'HANDLER_TIMEOUT\n', signal: null });
});
