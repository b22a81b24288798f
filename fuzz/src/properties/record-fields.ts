import assert from 'node:assert/strict';
import type { Choices } from '../choices.ts';
import { type Core, realCore } from '../core.ts';
import { jsonText } from '../inputs/json-text.ts';
import type { Property } from '../property.ts';

/** `amountOf` is exact, by bigints; no helper throws on any record that JSON can bring. */
export function recordFieldsProperty(core: Core = realCore): Property {
  return {
    name: 'record-fields',
    weight: 70_000,
    maxScriptBytes: 60,
    testCases: 3_000,
    check(choices) {
      checkAmount(core, choices);
      const record = JSON.parse(recordText(choices));
      const text = JSON.stringify(record);
      assert.equal(typeof core.fullName(record), 'string', `fullName of ${text}`);
      for (const name of ['primaryEmail', 'primaryPhone'] as const) {
        const found = core[name](record);
        assert.ok(
          found === undefined || (typeof found === 'string' && found !== ''),
          `${name} of ${text}: ${String(found)}`,
        );
      }
      core.amountOf(record);
      core.amountOf(record?.amount);
    },
  };
}

function checkAmount(core: Core, choices: Choices): void {
  const digits = choices.list(12, () => choices.pick(['0', '1', '9', '0', '5', '00', '999'])).join('');
  const text = `${choices.pick(['', '-'])}${digits}${choices.oneIn(12) ? choices.pick(['.5', 'e3', ' ', 'n', '٣']) : ''}`;
  const amountMicros = choices.oneIn(2) && text !== '' && text !== '-' ? Number(text) : text;
  const currencyCode = choices.pick(['EUR', '', null]);
  const amount = core.amountOf({ amountMicros, currencyCode } as Parameters<typeof core.amountOf>[0]);
  const micros = exactMicros(amountMicros);
  assert.equal(amount?.micros, micros, `micros of ${String(amountMicros)}`);
  if (amount === undefined) return;
  assert.equal(amount.currencyCode, currencyCode ?? '');
  const found = /^(-?)(0|[1-9]\d*)(?:\.(\d{0,5}[1-9]))?$/.exec(amount.decimal);
  assert.ok(found, `decimal ${amount.decimal}`);
  const [, sign, units = '', fraction = ''] = found;
  const value = BigInt(units) * 1_000_000n + BigInt(fraction.padEnd(6, '0'));
  assert.equal(sign === '-' ? -value : value, micros, `decimal ${amount.decimal}`);
  assert.ok(sign === '' || value !== 0n, 'minus zero');
}

function exactMicros(value: number | string): bigint | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : undefined;
  return /^-?[0-9]{1,40}$/.test(value) ? BigInt(value) : undefined;
}

/** Records with the members that helpers read, holding anything. */
function recordText(choices: Choices): string {
  if (choices.oneIn(8)) return jsonText(choices, 1);
  const member = (): string => {
    const name = choices.pick(['name', 'firstName', 'lastName', 'emails', 'email', 'phones', 'phone', 'amount']);
    const inner = choices.pick([
      'firstName',
      'primaryEmail',
      'primaryPhoneNumber',
      'primaryPhoneCallingCode',
      'amountMicros',
      'currencyCode',
    ]);
    return `"${name}":${choices.oneIn(2) ? `{"${inner}":${jsonText(choices, 1)},"lastName":${jsonText(choices, 0)}}` : jsonText(choices, 1)}`;
  };
  return `{${choices.list(4, member).join(',')}}`;
}
