import assert from 'node:assert/strict';
import { type InboxEntry, type JobFilter, parseEvent } from '@twenty-webhooks/core';
import type { Choices } from '../choices.ts';
import type { InboxWorld } from './inbox-world.ts';
import type { Behaviour, ModelJob } from './model-job.ts';
import { goneHandler } from './settings.ts';

/** Do one thing to the inbox and to its model. Gives its name, for the trace of a finding. */
export async function operate(
  world: InboxWorld,
  choices: Choices,
  { entries, isDurable }: { readonly entries: InboxEntry[]; readonly isDurable: boolean },
): Promise<string> {
  const operation = choices.pick(isDurable ? [...operations, reopen] : operations);
  await operation(world, choices, entries);
  return operation.name;
}

async function putNew(world: InboxWorld, choices: Choices, entries: InboxEntry[]): Promise<void> {
  const entry = await anyEntry(choices, entries.length);
  entries.push(entry);
  await world.put([entry]);
}

async function putAgain(world: InboxWorld, choices: Choices, entries: InboxEntry[]): Promise<void> {
  const known = choices.pick(entries);
  if (known === undefined) return;
  // A handler that was added since: its job is new, the others are known.
  const added = choices.oneIn(2) ? [{ key: `${known.event.id} added`, handler: 'added' }] : [];
  await world.put([{ ...known, jobs: [...known.jobs, ...added] }]);
}

async function putTogether(world: InboxWorld, choices: Choices, entries: InboxEntry[]): Promise<void> {
  const [one, other] = [await anyEntry(choices, entries.length), await anyEntry(choices, entries.length + 1)];
  entries.push(one, other);
  await world.put([one, other, one, choices.pick(entries), other]);
}

async function moveClock(world: InboxWorld, choices: Choices): Promise<void> {
  await world.moveClock(choices.pick([1, 400, 1_000, 1_500, 7_000, 60_000, 26 * 3_600_000]));
}

const release = (world: InboxWorld): Promise<void> => world.release();

const reopen = (world: InboxWorld): Promise<void> => world.reopen();

async function retryOne(world: InboxWorld, choices: Choices): Promise<void> {
  const job = choices.pick([...world.jobs.values()]);
  if (job === undefined) return;
  const isRevived = !job.isPurged && canRevive(world, job);
  if (isRevived) revive(world, job);
  assert.equal(await world.inspection.retry(job.key), isRevived ? 1 : 0, `retry of ${job.key}`);
  await world.settle();
}

async function retryAll(world: InboxWorld, choices: Choices): Promise<void> {
  const filter = { ...anyFilter(choices), ...(choices.oneIn(2) && { state: 'waiting' as const }) };
  const { state = 'dead' } = filter;
  const revived = matching(world, { ...filter, state }).filter((job) => canRevive(world, job));
  for (const job of revived) revive(world, job);
  assert.equal(await world.inspection.retry(filter), revived.length, `retry ${JSON.stringify(filter)}`);
  await world.settle();
}

async function purge(world: InboxWorld, choices: Choices): Promise<void> {
  const finishedBeforeMs = choices.oneIn(2) ? world.nowMs - choices.pick([0, 1, 1_000, -1]) : undefined;
  const filter = { ...anyFilter(choices), state: choices.pick(['done', 'dead'] as const), finishedBeforeMs };
  const purged = matching(world, filter).filter(
    (job) => (job.finishedAtMs ?? Number.NaN) < (finishedBeforeMs ?? Number.POSITIVE_INFINITY),
  );
  assert.equal(await world.inspection.purge(filter), purged.length, `purge ${JSON.stringify(filter)}`);
  // A purged job is done, as far as the retention time is concerned.
  for (const job of purged) Object.assign(job, { isPurged: true });
  await world.settle();
}

async function look(world: InboxWorld, choices: Choices): Promise<void> {
  const counts = { waiting: 0, running: 0, done: 0, dead: 0 };
  for (const job of matching(world, {})) counts[job.state]++;
  assert.deepEqual(await world.inspection.counts(), counts);
  const filter = {
    ...anyFilter(choices),
    ...(choices.oneIn(2) && { state: choices.pick(['waiting', 'running', 'done', 'dead'] as const) }),
  };
  const before = choices.oneIn(2) ? choices.pick(matching(world, {})) : undefined;
  const limit = 1 + choices.below(5);
  const expected = matching(world, filter)
    .filter(({ order }) => before === undefined || order < before.order)
    .sort((one, other) => other.order - one.order);
  const found = await world.inspection.list({ ...filter, limit, ...(before && { before: before.key }) });
  assert.deepEqual(
    found.map(({ key }) => key),
    expected.slice(0, limit).map(({ key }) => key),
    `list ${JSON.stringify(filter)}`,
  );
  for (const job of world.jobs.values()) {
    const details = await world.inspection.get(job.key);
    assert.equal(details === undefined, job.isPurged, `get ${job.key}`);
    if (details === undefined) continue;
    assert.ok(Buffer.from(details.body).equals(job.entry.body), 'the bytes that were put');
    assert.deepEqual([details.delivery, details.headers], [job.entry.delivery, job.entry.headers]);
  }
}

const operations = [
  putNew,
  putNew,
  putAgain,
  putTogether,
  moveClock,
  moveClock,
  release,
  retryOne,
  retryAll,
  purge,
  look,
];

const matching = (world: InboxWorld, { state, object, handler }: JobFilter): ModelJob[] =>
  [...world.jobs.values()].filter(
    (job) =>
      !job.isPurged &&
      (state === undefined || job.state === state) &&
      (object === undefined || job.entry.event.record?.object === object) &&
      (handler === undefined || job.handler === handler),
  );

const canRevive = ({ nowMs }: InboxWorld, { state, dueAtMs }: ModelJob): boolean =>
  state === 'dead' || (state === 'waiting' && dueAtMs > nowMs);

function revive({ nowMs }: InboxWorld, job: ModelJob): void {
  if (job.state === 'dead') Object.assign(job, { attempt: 0, finishedAtMs: undefined, state: 'waiting' });
  job.dueAtMs = nowMs;
}

const anyFilter = (choices: Choices): JobFilter => ({
  ...(choices.oneIn(3) && { object: choices.pick(objects) }),
  ...(choices.oneIn(3) && { handler: choices.pick(handlers) }),
});

async function anyEntry(choices: Choices, number: number): Promise<InboxEntry> {
  const names = choices.pick([['one'], ['one'], ['one', 'two'], ['two', goneHandler], ['é"\u2028']]);
  const plan = Object.fromEntries(names.map((name) => [name, choices.list(4, () => choices.pick(behaviours))]));
  const name = choices.pick(['person.updated', 'é.🚀', 'a"b.c']);
  const body = Buffer.from(JSON.stringify({ eventName: name, plan, number }));
  const id = `event ${number}`;
  const record = choices.oneIn(5)
    ? undefined
    : {
        object: choices.oneIn(4) ? choices.pick(objects) : 'person',
        id: choices.oneIn(4) ? 'r\'"é' : 'r1',
        changedAtMs: choices.pick([undefined, 0, -1, 1, 1_795_448_103_416]),
      };
  return {
    body: new Uint8Array(body),
    parsed: await parseEvent(new Uint8Array(body)),
    delivery: {
      receivedAtMs: number,
      scheme: 'plain',
      secretIndex: choices.pick([0, undefined]),
      signedAtMs: choices.pick([undefined, 5]),
      nonce: choices.pick([undefined, 'n']),
    },
    headers: { 'user-agent': choices.pick(['', 'é', "';--"]) },
    event: { id, name, workspaceId: choices.oneIn(6) ? 'w2' : 'w', record },
    jobs: names.map((handler) => ({ key: `${id} ${handler}`, handler })),
  };
}

const objects = ['person', 'é', 'a\u2028b'];
const handlers = ['one', 'two', 'é"\u2028', goneHandler];
const behaviours: readonly Behaviour[] = ['ok', 'throw', 'non-retryable', 'retry-after', 'hang', 'throw'];
