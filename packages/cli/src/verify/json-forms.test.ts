import { expect, test } from 'vitest';
import { jsonForms } from './json-forms.ts';

const text = '{"a": [1.0, {}, [ ], "x: \\u00e9, \\"{\\/"], "é": 12345678901234567890, "é": null}';
const byName = Object.fromEntries([...jsonForms(text)].map((form) => [form.name, form.text]));

test('white space changes between tokens, never in strings; numbers and members stay', () => {
  expect(byName.compact).toBe('{"a":[1.0,{},[],"x: \\u00e9, \\"{\\/"],"é":12345678901234567890,"é":null}');
  expect(byName['compact, all but ASCII escaped']).toBe(
    '{"a":[1.0,{},[],"x: \\u00e9, \\"{/"],"\\u00e9":12345678901234567890,"\\u00e9":null}',
  );
  expect(byName['compact, slashes escaped']).toContain('"x: é, \\"{\\/"');
  expect(byName['compact, as JavaScript writes it']).toBe('{"a":[1,{},[],"x: é, \\"{/"],"é":null}');
});

test('indented as JSON.stringify does it', () => {
  const value = { a: [1, { b: [] }, {}], c: 'x,y' };
  const forms = new Set([...jsonForms(JSON.stringify(value))].map((form) => form.text));
  for (const indent of [0, 2, 4, '\t']) expect(forms).toContain(JSON.stringify(value, null, indent));
});

test('too many members have none', () => expect([...jsonForms(`[${'0,'.repeat(1_000_001)}0]`)]).toEqual([]));

test('no JSON has no forms', () => expect([...jsonForms('{"a":')]).toEqual([]));
