import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkPattern, isUpdatedPattern, patternsOf } from './patterns.ts';

describe('checkPattern', () => {
  test.each([
    'person.created',
    'person.*',
    '*.updated',
    '*.*',
    '*',
    'rocket.created',
    'rocket.launched',
    'a.b.created',
    'a.b.*',
    'metadata.view.updated',
    'metadata.view.*',
    'metadata.*.updated',
    'metadata.*.*',
    'Größe.created',
    '__proto__.created',
  ])('%s is one', (pattern) => {
    expect(() => checkPattern(pattern)).not.toThrow();
  });

  test.each([
    '',
    ' ',
    'person',
    'person.',
    '.created',
    '.',
    '..',
    '**',
    '*.',
    '.*',
    '*.*.*',
    '*.b.created',
    'a.*.created',
    'per*.created',
    'person.*d',
    'person.created ',
    ' person.created',
    'person. created',
    'person.cre ated',
    'person.created\n',
    'person..created',
    'metadata.*',
    'metadata.*.*.*',
    '*.view.updated',
    'person.created, person.updated',
  ])('%j is none', (pattern) => {
    expect(() => checkPattern(pattern)).toThrow(expect.objectContaining({ code: 'PATTERN_INVALID' }));
  });

  test.each([undefined, null, 5, {}, Symbol('person.created')])('%s is none either', (pattern) => {
    expect(() => checkPattern(pattern as never)).toThrow(expect.objectContaining({ code: 'PATTERN_INVALID' }));
  });
});

describe('patternsOf', () => {
  test.each([
    ['person.updated', ['person.updated', 'person.*', '*.updated', '*.*', '*']],
    ['a.b.created', ['a.b.created', 'a.b.*', '*.created', '*.*', '*']],
    [
      'metadata.view.updated',
      ['metadata.view.updated', 'metadata.view.*', 'metadata.*.updated', 'metadata.*.*', '*.*', '*'],
    ],
    ['metadata.created', ['metadata.created', 'metadata.*', '*.created', '*.*', '*']],
    ['metadata.a.b.created', ['metadata.a.b.created', 'metadata.a.b.*', '*.created', '*.*', '*']],
    ['ping', ['ping', '*']],
  ])('%s', (event, expected) => {
    expect(patternsOf(event)).toEqual(expected);
  });

  test('an update of metadata is no update of a record', () => {
    expect(patternsOf('metadata.view.updated')).not.toContain('*.updated');
  });

  test('a name matches itself and *, whatever it is, and each pattern of an event with a sound name can be used', () => {
    const part = fc.stringMatching(/^[a-zA-Z]{1,8}$/);
    const property = fc.property(part, part, fc.option(part), (a, b, c) => {
      const name = [a, b, ...(c === null ? [] : [c])].join('.');
      const patterns = patternsOf(name);
      expect(patterns).toContain(name);
      expect(patterns).toContain('*');
      expect(patterns).toContain('*.*');
      for (const pattern of patterns) if (pattern !== 'metadata.*') checkPattern(pattern);
    });
    fc.assert(property);
  });

  test('any text has its patterns', () => {
    const property = fc.property(fc.string({ unit: 'binary' }), (name) => {
      expect(patternsOf(name)).toEqual(expect.arrayContaining([name, '*']));
    });
    fc.assert(property);
  });
});

test('isUpdatedPattern', () => {
  for (const pattern of ['person.updated', '*.updated', 'metadata.*.updated', 'metadata.view.updated'])
    expect(isUpdatedPattern(pattern)).toBe(true);
  for (const pattern of ['person.created', 'person.*', '*.*', '*', 'updated.created', 'person.notupdated'])
    expect(isUpdatedPattern(pattern)).toBe(false);
});
