import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createManualClock } from './simulator-clock.ts';
import { startTwentySimulator, type TwentySimulator } from './start-twenty-simulator.ts';
import { ask, simulations } from './testdata/simulation.ts';

const simulation = simulations(onTestFinished);

describe('filters', () => {
  let twenty: TwentySimulator;
  beforeAll(async () => {
    const clock = createManualClock(Date.UTC(2026, 0, 1));
    twenty = await startTwentySimulator({ clock, requestsPerMinute: 10_000 });
    const { workspace } = twenty;
    const rockets = [
      { name: 'Apollo', engines: 5, fuel: 'LOX', tags: ['HEAVY', 'CREWED'], isCrewed: true },
      { name: 'Ariane, 5', engines: 2, fuel: 'LOX', tags: ['HEAVY'], isCrewed: false },
      { name: 'Big (F)', engines: 10, fuel: '', tags: [], isCrewed: null },
      { name: 'gone', engines: 1, tags: null },
    ];
    for (const fields of rockets) {
      const { id } = workspace.create('rocket', fields);
      if (fields.name === 'gone') workspace.delete('rocket', id);
      await clock.advance(1_000);
    }
    workspace.create('person', {
      name: { firstName: 'Ada', lastName: 'Lovelace' },
      emails: { primaryEmail: 'ada@example.com' },
    });
    workspace.create('person', { name: { firstName: 'Adam', lastName: 'Smith' } });
    workspace.create('person', { name: { firstName: 'Pat', lastName: "O'Neill" } });
    return () => twenty.close();
  });
  const second = (count: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, count)).toISOString();

  test.each([
    ['', ['Apollo', 'Ariane, 5', 'Big (F)']],
    ['fuel[eq]:LOX', ['Apollo', 'Ariane, 5']],
    [' fuel[eq]: "LOX" , engines[gt]: 2', ['Apollo']],
    ['fuel[neq]:LOX', ['Big (F)']],
    ['name[eq]:"Ariane, 5"', ['Ariane, 5']],
    ["name[eq]:'Big (F)'", ['Big (F)']],
    ['name[in]:[Apollo,"Big (F)"]', ['Apollo', 'Big (F)']],
    ['engines[in]:[2,10]', ['Ariane, 5', 'Big (F)']],
    // As numbers: as texts, 10 would be less than 5.
    ['engines[gt]:5', ['Big (F)']],
    ['engines[gte]:5', ['Apollo', 'Big (F)']],
    ['engines[lt]:5', ['Ariane, 5']],
    ['engines[lte]:5', ['Apollo', 'Ariane, 5']],
    ['isCrewed[eq]:true', ['Apollo']],
    ['isCrewed[is]:NULL', ['Big (F)']],
    ['isCrewed[is]:NOT_NULL', ['Apollo', 'Ariane, 5']],
    // Neither equal nor different, as in SQL.
    ['isCrewed[neq]:true', ['Ariane, 5']],
    ['name[startsWith]:A', ['Apollo', 'Ariane, 5']],
    ['name[endsWith]:"(F)"', ['Big (F)']],
    ['name[like]:%ol%', ['Apollo']],
    ['name[like]:%OL%', []],
    ['name[ilike]:"%OL%"', ['Apollo']],
    ['name[ilike]:a_i%', ['Ariane, 5']],
    ['name[like]:.*', []],
    ['tags[containsAny]:[CREWED,NONE]', ['Apollo']],
    ['fuel[eq]:LOX,engines[gt]:2', ['Apollo']],
    ['and(fuel[eq]:LOX,engines[gt]:2)', ['Apollo']],
    ['or(engines[eq]:2,engines[eq]:10)', ['Ariane, 5', 'Big (F)']],
    ['not(fuel[eq]:LOX)', ['Big (F)']],
    ['or(name[eq]:"Ariane, 5",and(engines[gte]:5,not(isCrewed[eq]:true)))', ['Ariane, 5', 'Big (F)']],
    [`updatedAt[gte]:"${second(1)}"`, ['Ariane, 5', 'Big (F)']],
    [`updatedAt[gt]:${second(1)}`, ['Big (F)']],
    // The same moment, written in another way.
    ['updatedAt[eq]:2026-01-01T01:00:01+01:00', ['Ariane, 5']],
    ['deletedAt[is]:NOT_NULL', ['gone']],
    ['or(deletedAt[is]:NULL,deletedAt[is]:NOT_NULL)', ['Apollo', 'Ariane, 5', 'Big (F)', 'gone']],
  ])('%s', async (filter, names) => {
    const path = `rockets?order_by=createdAt&filter=${encodeURIComponent(filter)}`;
    const { status, json } = await ask(twenty, 'GET', path);
    expect({ status, names: json.data?.rockets.map(({ name }: { name: string }) => name) }).toEqual({
      status: 200,
      names,
    });
    expect(json.totalCount).toBe(names.length);
  });

  test.each([
    ['name.firstName[eq]:Ada', ['Lovelace']],
    ["name.lastName[eq]:O'Neill", ["O'Neill"]],
    ["name.lastName[eq]:O'Neill,name.firstName[eq]:Pat", ["O'Neill"]],
    [`or(name.lastName[eq]:"O'Neill",name.lastName[in]:['Lovelace',O'Hara])`, ['Lovelace', "O'Neill"]],
    ['name.firstName[startsWith]:Ada', ['Lovelace', 'Smith']],
    ['emails.primaryEmail[ilike]:%@EXAMPLE.com', ['Lovelace']],
    ['createdBy.source[eq]:MANUAL,name.lastName[neq]:Smith', ['Lovelace', "O'Neill"]],
  ])('sub-fields: %s', async (filter, names) => {
    const { json } = await ask(twenty, 'GET', `people?order_by=name.lastName&filter=${encodeURIComponent(filter)}`);
    expect(json.data.people.map(({ name }: { name: { lastName: string } }) => name.lastName)).toEqual(names);
  });

  test.each([
    ['nonsense[eq]:1', /does not exist/],
    ['name.firstName[eq]:1', /does not exist/],
    ['toString[eq]:1', /does not exist/],
    ['name[near]:1', /comparator near not in/],
    ['name[toString]:1', /comparator toString not in/],
    ['name', /invalid/],
    ['name[eq]:', /invalid/],
    ['name[in]:Apollo', /array value expected/],
    ['engines[gt]:many', /not a number/],
    ['updatedAt[gt]:yesterday', /not a date/],
    ['deletedAt[is]:null', /NULL or NOT_NULL/],
    ['or(name[eq]:1', /do not match/],
    ['name[eq]:"1', /do not match/],
    ['not(name[eq]:1,engines[eq]:1)', /only 1 condition/],
    ['updatedAt[gt]:2026', /not a date/],
    [`${'not('.repeat(1_000)}engines[eq]:1${')'.repeat(1_000)}`, /too deeply/],
  ])('refused: %s', async (filter, message) => {
    const { status, json } = await ask(twenty, 'GET', `rockets?filter=${encodeURIComponent(filter)}`);
    expect({ status, messages: json.messages }).toEqual({ status: 400, messages: [expect.stringMatching(message)] });
  });
});

describe('order', () => {
  test.each([
    ['engines', [null, null, 1, 2, 3]],
    ['engines[AscNullsFirst]', [null, null, 1, 2, 3]],
    ['engines[AscNullsLast]', [1, 2, 3, null, null]],
    ['engines[DescNullsFirst]', [null, null, 3, 2, 1]],
    ['engines[DescNullsLast]', [3, 2, 1, null, null]],
  ])('%s', async (orderBy, engines) => {
    const { twenty } = await simulation();
    for (const count of [2, null, 3, 1, null]) twenty.workspace.create('rocket', { engines: count });
    const { json } = await ask(twenty, 'GET', `rockets?order_by=${orderBy}`);
    expect(json.data.rockets.map((rocket: { engines: number | null }) => rocket.engines)).toEqual(engines);
  });

  test('several fields, then the id', async () => {
    const { twenty } = await simulation();
    for (const [fuel, engines] of [
      ['B', 1],
      ['A', 1],
      ['A', 2],
      ['A', 2],
    ] as const)
      twenty.workspace.create('rocket', { fuel, engines });
    const { json } = await ask(twenty, 'GET', 'rockets?order_by=fuel[AscNullsLast],engines[DescNullsLast]');
    const rockets: { id: string; fuel: string; engines: number }[] = json.data.rockets;
    expect(rockets.map(({ fuel, engines }) => `${fuel}${engines}`)).toEqual(['A2', 'A2', 'A1', 'B1']);
    expect((rockets[0]?.id ?? '') < (rockets[1]?.id ?? '')).toBe(true);
  });
});

describe('pages', () => {
  const walk = async (
    twenty: TwentySimulator,
    query: string,
    cursor: 'starting_after' | 'ending_before',
    from?: string,
  ) => {
    const ids: string[] = [];
    const pages: boolean[] = [];
    for (let after = from === undefined ? '' : `&${cursor}=${encodeURIComponent(from)}`; pages.length < 20; ) {
      const { json } = await ask(twenty, 'GET', `people?${query}${after}`);
      const found = json.data.people.map(({ id }: { id: string }) => id);
      if (cursor === 'starting_after') ids.push(...found);
      else ids.unshift(...found);
      const { hasNextPage, hasPreviousPage, startCursor, endCursor } = json.pageInfo;
      pages.push(hasNextPage);
      if (cursor === 'starting_after' ? !hasNextPage : !hasPreviousPage)
        return { ids, pages, totalCount: json.totalCount };
      after = `&${cursor}=${encodeURIComponent(cursor === 'starting_after' ? endCursor : startCursor)}`;
    }
    throw new Error('The pages have no end');
  };

  // All made in one millisecond: every order by time is one of ties.
  const crowd = async (count: number) => {
    const { twenty } = await simulation({ clock: createManualClock(), requestsPerMinute: 10_000 });
    for (let made = 0; made < count; made += 1) twenty.workspace.create('person');
    const all = twenty.workspace
      .list('person')
      .map(({ id }) => id)
      .sort();
    return { twenty, all };
  };

  test.each(['updatedAt[AscNullsFirst]', 'updatedAt[DescNullsLast]', 'deletedAt', ''])(
    'ordered by "%s", each record comes once, forth and back',
    async (orderBy) => {
      const { twenty, all } = await crowd(23);
      const query = `limit=5&order_by=${orderBy}`;
      const forth = await walk(twenty, query, 'starting_after');
      expect(forth).toEqual({ ids: all, pages: [true, true, true, true, false], totalCount: 23 });
      const last = await ask(twenty, 'GET', `people?limit=1&order_by=id[DescNullsLast]`);
      expect(last.json.data.people[0].id).toBe(all.at(-1));
      const { endCursor } = (await ask(twenty, 'GET', `people?order_by=${orderBy}`)).json.pageInfo;
      const back = await walk(twenty, query, 'ending_before', endCursor);
      expect(back.ids).toEqual(all.slice(0, -1));
    },
  );

  test('what is changed on the way shifts nothing', async () => {
    const { twenty, all } = await crowd(12);
    const { json } = await ask(twenty, 'GET', 'people?limit=4');
    for (const id of all.slice(0, 3)) twenty.workspace.destroy('person', id);
    // The record of the cursor itself, too.
    twenty.workspace.destroy('person', all[3] ?? '');
    const next = await ask(
      twenty,
      'GET',
      `people?limit=4&starting_after=${encodeURIComponent(json.pageInfo.endCursor)}`,
    );
    expect(next.json.data.people.map(({ id }: { id: string }) => id)).toEqual(all.slice(4, 8));
  });

  test('a cursor of another order, and two at once, are refused', async () => {
    const { twenty } = await crowd(3);
    const { endCursor, startCursor } = (await ask(twenty, 'GET', 'people?limit=2&order_by=updatedAt')).json.pageInfo;
    const status = async (query: string) => (await ask(twenty, 'GET', `people?${query}`)).status;
    const [start, end] = [startCursor, endCursor].map(encodeURIComponent);
    expect(await status(`order_by=updatedAt&starting_after=${end}`)).toBe(200);
    expect(await status(`order_by=jobTitle&starting_after=${end}`)).toBe(400);
    expect(await status(`starting_after=${end}`)).toBe(400);
    expect(await status(`order_by=updatedAt&starting_after=${start}&ending_before=${end}`)).toBe(400);
  });

  test('60 at most, 60 if nobody says', async () => {
    const { twenty } = await crowd(61);
    for (const query of ['', 'limit=60', 'limit=1000']) {
      const { json } = await ask(twenty, 'GET', `people?${query}`);
      expect([json.data.people.length, json.totalCount, json.pageInfo.hasNextPage]).toEqual([60, 61, true]);
    }
    expect((await ask(twenty, 'GET', 'companies')).json).toEqual({
      data: { companies: [] },
      totalCount: 0,
      pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
    });
  });
});
