import { expect, it } from 'vitest';
import { commandOfKey } from './keyboard.ts';

const press = (key: string, modifier: object = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...modifier,
});

it('moves by letters anywhere, by arrows only where nothing else needs them', () => {
  expect(commandOfKey(press('j'), 'list', true)).toBe('next');
  expect(commandOfKey(press('j'), 'elsewhere', true)).toBe('next');
  expect(commandOfKey(press('ArrowDown'), 'list', true)).toBe('next');
  expect(commandOfKey(press('ArrowDown'), 'elsewhere', true)).toBeUndefined();
  expect(commandOfKey(press('Enter'), 'elsewhere', true)).toBeUndefined();
});

it('does nothing while somebody types, but for Escape', () => {
  for (const key of ['j', 'c', 'r', '/', '?', 'Enter', 'ArrowUp']) {
    expect(commandOfKey(press(key), 'field', true), key).toBeUndefined();
  }
  expect(commandOfKey(press('Escape'), 'field', true)).toBe('leave');
});

it('leaves the shortcuts of the browser alone', () => {
  for (const modifier of [{ ctrlKey: true }, { metaKey: true }, { altKey: true }]) {
    for (const key of ['c', 'r', 'f', 'ArrowUp'])
      expect(commandOfKey(press(key, modifier), 'list', true)).toBeUndefined();
  }
});

it('keeps arrows when letters are turned off', () => {
  expect(commandOfKey(press('c'), 'list', false)).toBeUndefined();
  expect(commandOfKey(press('ArrowUp'), 'list', false)).toBe('previous');
});
