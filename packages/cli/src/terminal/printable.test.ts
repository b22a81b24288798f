import { expect, it } from 'vitest';
import { printable } from './printable.ts';

it('makes what a terminal would obey visible, and leaves everything else', () => {
  expect(printable('\x1b[2Jgone\x07\r\n\t\0\x7f\x9b31m')).toBe('\\x1b[2Jgone\\x07\\x0d\\x0a\\x09\\x00\\x7f\\x9b31m');
  expect(printable('a\u202eb\u2066c\u2028d\u200fe')).toBe('a\\u202eb\\u2066c\\u2028d\\u200fe');
  // A joiner inside of an emoji, and what looks like an escape already.
  expect(printable('Zoë 👩‍🚀 – Größe \\x1b 漢字')).toBe('Zoë 👩‍🚀 – Größe \\x1b 漢字');
});
