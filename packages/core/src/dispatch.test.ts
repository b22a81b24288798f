import { describe, expect, test } from 'vitest';
import { createDispatch, type Dispatch } from './dispatch.ts';
import type { Handler, HandlerOptions } from './handler.ts';
import { parseEvent } from './parse-event.ts';
import { envelopeBody, metadataBody, serverBody, toBytes } from './testdata/deliveries.ts';

const run = (): void => {};
const eventOf = (body: object) => parseEvent(toBytes(JSON.stringify(body)));
const code = (expected: string) => expect.objectContaining({ name: 'WebhookError', code: expected });

function dispatchOf(...patterns: string[]): Dispatch {
  const dispatch = createDispatch();
  for (const pattern of patterns) dispatch.add(pattern, {}, run);
  return dispatch;
}

const matches = async (dispatch: Dispatch, body: object): Promise<string[]> =>
  dispatch.match(await eventOf(body)).map(({ name }) => name);

describe('matching', () => {
  const all = [
    '*',
    '*.*',
    '*.updated',
    '*.created',
    'person.*',
    'person.updated',
    'person.created',
    'company.*',
    'metadata.*.*',
    'metadata.*.updated',
    'metadata.view.*',
    'metadata.view.updated',
  ];

  test.each<[what: string, body: object, expected: string[]]>([
    ['a record', serverBody('person.updated'), ['*', '*.*', '*.updated', 'person.*', 'person.updated']],
    [
      'a record in the other format',
      envelopeBody('person.created'),
      ['*', '*.*', '*.created', 'person.*', 'person.created'],
    ],
    ['a custom object', serverBody('rocket.updated'), ['*', '*.*', '*.updated']],
    [
      'metadata',
      metadataBody('metadata.view.updated'),
      ['*', '*.*', 'metadata.*.*', 'metadata.*.updated', 'metadata.view.*', 'metadata.view.updated'],
    ],
    ['other metadata', metadataBody('metadata.fieldMetadata.created'), ['*', '*.*', 'metadata.*.*']],
    [
      'an unknown shape, by its name alone',
      serverBody('person.updated', { record: null }),
      ['*', '*.*', '*.updated', 'person.*', 'person.updated'],
    ],
    ['a name without a dot', serverBody('ping'), ['*']],
    ['an unknown action', serverBody('person.merged'), ['*', '*.*', 'person.*']],
  ])('%s', async (_, body, expected) => {
    expect((await matches(dispatchOf(...all), body)).sort()).toEqual(expected.sort());
  });

  test('is exact: no prefix, no case', async () => {
    const dispatch = dispatchOf(
      'person.update',
      'Person.updated',
      'persons.updated',
      'person.updated2',
      'erson.updated',
    );
    expect(await matches(dispatch, serverBody('person.updated'))).toEqual([]);
  });

  test('event names that look like patterns match as names do', async () => {
    expect(await matches(dispatchOf('*.*', 'person.*'), serverBody('*.*'))).toEqual(['*.*']);
    expect(await matches(dispatchOf('*'), serverBody('*'))).toEqual(['*']);
    expect(await matches(dispatchOf('person.*'), serverBody('person.*'))).toEqual(['person.*']);
  });

  test.each(['__proto__.created', 'constructor.created', '__proto__'])('%s is a name like others', async (name) => {
    expect(await matches(dispatchOf('person.created', '*'), serverBody(name))).toEqual(['*']);
  });

  test('a handler added later is found by events that came before', async () => {
    const dispatch = dispatchOf('person.created');
    expect(await matches(dispatch, serverBody('person.created'))).toEqual(['person.created']);
    dispatch.add('person.*', {}, run);
    expect(await matches(dispatch, serverBody('person.created'))).toEqual(['person.created', 'person.*']);
  });

  test('many names do not make it forget', async () => {
    const dispatch = dispatchOf('*.created', 'last.created');
    for (let index = 0; index < 1_500; index++)
      expect(await matches(dispatch, serverBody(`object${index}.created`))).toEqual(['*.created']);
    expect(await matches(dispatch, serverBody('last.created'))).toEqual(['last.created', '*.created']);
    expect(await matches(dispatch, serverBody('object1.created'))).toEqual(['*.created']);
  });
});

describe('fields', () => {
  const update = (updatedFields: unknown) => serverBody('person.updated', { updatedFields });
  const withFields = (fields: readonly string[], pattern = 'person.updated'): Dispatch => {
    const dispatch = createDispatch();
    dispatch.add(pattern, { fields }, run);
    return dispatch;
  };

  test.each<[fields: string[], changed: string[], runs: boolean]>([
    [['stage'], ['stage'], true],
    [['stage'], ['name', 'stage'], true],
    [['stage', 'amount'], ['amount'], true],
    [['stage'], ['name'], false],
    [['stage'], [], false],
    [['stage'], ['stages', 'substage', 'Stage'], false],
    [['company'], ['companyId'], true],
    [['companyId'], ['company'], true],
    [['companyId'], ['companyId'], true],
    [['company'], ['companyIds'], false],
    [['Id'], ['Id'], true],
    [['Id'], [''], false],
    [['id'], ['id'], true],
    [['__proto__'], ['name'], false],
  ])('%j, changed %j: %s', async (fields, changed, runs) => {
    expect(await matches(withFields(fields), update(changed))).toHaveLength(runs ? 1 : 0);
  });

  test('in the envelope the keys of previousAttributes count', async () => {
    const body = envelopeBody('person.updated', { previousAttributes: { lastName: 'Smith' } });
    expect(await matches(withFields(['lastName']), body)).toHaveLength(1);
    expect(await matches(withFields(['firstName']), body)).toHaveLength(0);
  });

  test('of metadata', async () => {
    const body = metadataBody('metadata.view.updated', { properties: { updatedFields: ['name'] } });
    expect(await matches(withFields(['name'], 'metadata.*.updated'), body)).toHaveLength(1);
    expect(await matches(withFields(['icon'], 'metadata.*.updated'), body)).toHaveLength(0);
  });

  test('an event of unknown shape has none', async () => {
    expect(
      await matches(withFields(['name']), serverBody('person.updated', { record: null, updatedFields: ['name'] })),
    ).toEqual([]);
  });

  test('concern their own handler only', async () => {
    const dispatch = withFields(['stage']);
    dispatch.add('person.*', {}, run);
    expect(await matches(dispatch, update(['name']))).toEqual(['person.*']);
    expect(await matches(dispatch, update(['stage']))).toEqual(['person.updated', 'person.*']);
  });

  test('changing the list later changes nothing', async () => {
    const fields = ['stage'];
    const dispatch = withFields(fields);
    fields[0] = 'name';
    expect(await matches(dispatch, update(['stage']))).toHaveLength(1);
  });

  test.each(['person.updated', '*.updated', 'metadata.*.updated', 'metadata.view.updated'])('are for %s', (pattern) => {
    expect(() => withFields(['stage'], pattern)).not.toThrow();
  });

  test.each(['person.created', 'person.*', '*.*', '*', 'metadata.view.*', 'person.update'])(
    'are not for %s',
    (pattern) => {
      expect(() => withFields(['stage'], pattern)).toThrow(code('OPTION_INVALID'));
    },
  );
});

describe('names', () => {
  test('are the pattern, or given', async () => {
    const dispatch = createDispatch();
    dispatch.add('person.created', {}, run);
    dispatch.add('person.created', { name: 'mail' }, run);
    expect(await matches(dispatch, serverBody('person.created'))).toEqual(['person.created', 'mail']);
  });

  test('two on one pattern need one', () => {
    expect(() => dispatchOf('person.created', 'person.created')).toThrow(code('HANDLER_DUPLICATE'));
  });

  test('are unique in the receiver, also across patterns and defaults', () => {
    const dispatch = dispatchOf('person.created');
    dispatch.add('company.created', { name: 'mail' }, run);
    expect(() => dispatch.add('note.created', { name: 'mail' }, run)).toThrow(code('HANDLER_DUPLICATE'));
    expect(() => dispatch.add('note.created', { name: 'person.created' }, run)).toThrow(code('HANDLER_DUPLICATE'));
    expect(() => dispatch.add('note.created', {}, run)).not.toThrow();
  });

  test('a handler that was refused leaves nothing', async () => {
    const dispatch = createDispatch();
    expect(() => dispatch.add('person.created', { fields: ['a'] }, run)).toThrow();
    expect(() => dispatch.add('nonsense', {}, run)).toThrow();
    expect(dispatch.isEmpty()).toBe(true);
    dispatch.add('person.created', {}, run);
    expect(() => dispatch.add('company.created', { name: 'person.created' }, run)).toThrow();
    expect(await matches(dispatch, serverBody('company.created'))).toEqual([]);
    expect(await matches(dispatch, serverBody('person.created'))).toEqual(['person.created']);
  });
});

describe('a handler is refused', () => {
  const add =
    (options: unknown, handler: unknown = run, pattern = 'person.updated') =>
    (): void =>
      createDispatch().add(pattern, options as HandlerOptions, handler as Handler);

  test.each([undefined, null, 'run', {}, 5])('that is %s', (handler) => {
    expect(() => createDispatch().add('person.created', {}, handler as never)).toThrow(code('OPTION_INVALID'));
  });

  test.each([
    ['fields that are none', { fields: [] }],
    ['fields that are a text', { fields: 'stage' }],
    ['fields that are no texts', { fields: [5] }],
    ['fields that are null', { fields: null }],
    ['a misspelt option', { field: ['stage'] }],
    ['an empty name', { name: '' }],
    ['a name that is no text', { name: 5 }],
    ['options that are null', null],
    ['options that are a text', 'won-deals'],
  ])('with %s', (_, options) => {
    expect(add(options)).toThrow(code('OPTION_INVALID'));
  });

  test('with undefined options it has none', () => {
    expect(add({ name: undefined, fields: undefined })).not.toThrow();
  });

  test('the message names the pattern', () => {
    expect(add({ fields: [] })).toThrow(/"person\.updated"/);
    expect(add({}, run, 'person')).toThrow(/"person"/);
  });
});

test('isEmpty', () => {
  expect(createDispatch().isEmpty()).toBe(true);
  expect(dispatchOf('*').isEmpty()).toBe(false);
});
