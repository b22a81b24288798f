import { describe, expect, it } from 'vitest';
import { applySetting, readSetting } from './setting.ts';

describe('reading', () => {
  it.each([
    ['a=text', 'text'],
    ['a=', ''],
    ['a=b=c', 'b=c'],
    ['a=7', 7],
    ['a="7"', '7'],
    ['a=null', null],
    ['a=[1, 2]', [1, 2]],
    ['a={"b":true}', { b: true }],
    ['a={b', '{b'],
    ['a=01234', '01234'],
    ['a= 7 up', ' 7 up'],
  ])('%j', (text, value) => {
    expect(readSetting(text)).toEqual({ path: ['a'], value });
  });

  it.each(['a', '', '=a', 'a.=b', '.a=b', 'a..b=c', '__proto__.a=b', 'a.constructor=b', 'a.prototype.b=c'])(
    'refuses %j',
    (text) => {
      expect(() => readSetting(text)).toThrow(expect.objectContaining({ code: 'SET_INVALID' }));
    },
  );
});

describe('applying', () => {
  const apply = (body: object, ...texts: string[]) =>
    texts.map(readSetting).reduce(applySetting, body as { readonly [name: string]: unknown });

  it('replaces in place and adds at the end', () => {
    const body = { a: 1, record: { name: { firstName: 'Jane', lastName: 'Doe' }, id: 'x' } };
    const before = structuredClone(body);
    const made = apply(body, 'record.name.firstName=Ada', 'record.new.deep=1', 'a=[2]');
    expect(JSON.stringify(made)).toBe(
      '{"a":[2],"record":{"name":{"firstName":"Ada","lastName":"Doe"},"id":"x","new":{"deep":1}}}',
    );
    expect(body).toEqual(before);
  });

  it('replaces an object as a whole, and leaves nothing of the old one', () => {
    expect(apply({ name: { a: 1, b: 2 } }, 'name={"a":3}')).toEqual({ name: { a: 3 } });
  });

  it('does not take what every object inherits for a member', () => {
    expect(apply({}, 'toString.a=1')).toEqual({ toString: { a: 1 } });
  });

  it('lets a member that is called __proto__ be data, and pollutes nothing', () => {
    const made = apply(JSON.parse('{"__proto__":{"x":1}}'), 'a={"__proto__":{"polluted":true}}');
    expect(JSON.stringify(made)).toBe('{"__proto__":{"x":1},"a":{"__proto__":{"polluted":true}}}');
    expect('polluted' in {}).toBe(false);
  });

  it.each([
    [{ record: 'x' }, 'record, which is a string'],
    [{ record: null }, 'record, which is null'],
    [{ record: [1] }, 'record, which is a list'],
    [{ record: { name: 7 } }, 'record.name, which is a number'],
  ])('goes through objects only: %j', (body, words) => {
    expect(() => apply(body, 'record.name.0=1')).toThrow(words);
  });
});
