import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { amountOf, fullName, primaryEmail, primaryPhone } from './record-fields.ts';

describe('amountOf', () => {
  test.each<[amountMicros: number | string, micros: bigint, decimal: string]>([
    [0, 0n, '0'],
    [-0, 0n, '0'],
    [1, 1n, '0.000001'],
    [-1, -1n, '-0.000001'],
    [500_000, 500_000n, '0.5'],
    [1_000_000, 1_000_000n, '1'],
    [10_000_000, 10_000_000n, '10'],
    [1_250_000_000_000, 1_250_000_000_000n, '1250000'],
    [1_234_567_890, 1_234_567_890n, '1234.56789'],
    [-12_345_678, -12_345_678n, '-12.345678'],
    [-1_000_000, -1_000_000n, '-1'],
    [Number.MAX_SAFE_INTEGER, 9_007_199_254_740_991n, '9007199254.740991'],
    [Number.MIN_SAFE_INTEGER, -9_007_199_254_740_991n, '-9007199254.740991'],
    ['0', 0n, '0'],
    ['-0', 0n, '0'],
    ['1250000', 1_250_000n, '1.25'],
    ['-1250000', -1_250_000n, '-1.25'],
    ['007', 7n, '0.000007'],
    ['9007199254740993', 9_007_199_254_740_993n, '9007199254.740993'],
    ['123456789012345678901234567890', 123_456_789_012_345_678_901_234_567_890n, '123456789012345678901234.56789'],
  ])('%s', (amountMicros, micros, decimal) => {
    expect(amountOf({ amountMicros, currencyCode: 'EUR' })).toEqual({ micros, decimal, currencyCode: 'EUR' });
  });

  test.each([
    Number.MAX_SAFE_INTEGER + 1,
    Number.MIN_SAFE_INTEGER - 1,
    1e300,
    0.5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    null,
    undefined,
    '',
    ' ',
    '1.5',
    '1e6',
    '+1',
    '--1',
    '1 000',
    '1_000',
    ' 1',
    '1\n',
    '0x10',
    '10n',
    '１',
    '9'.repeat(41),
    true,
    {},
    [1],
    5n,
  ])('%s is no amount', (amountMicros) => {
    expect(amountOf({ amountMicros: amountMicros as never, currencyCode: 'EUR' })).toBeUndefined();
  });

  test('a field that is not there has none', () => {
    for (const field of [null, undefined, {}]) expect(amountOf(field)).toBeUndefined();
  });

  test('a currency that is not there is empty', () => {
    expect(amountOf({ amountMicros: 1 })).toMatchObject({ currencyCode: '' });
    expect(amountOf({ amountMicros: 1, currencyCode: null })).toMatchObject({ currencyCode: '' });
  });

  test('the decimal has the same value, and no digit too many', () => {
    const property = fc.property(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), (micros) => {
      const amount = amountOf({ amountMicros: String(micros), currencyCode: 'EUR' });
      const [units = '', fraction = ''] = (amount?.decimal ?? '').split('.');
      expect(amount?.micros).toBe(micros);
      expect(BigInt(units + fraction.padEnd(6, '0'))).toBe(micros);
      expect(amount?.decimal).toMatch(/^-?(0|[1-9]\d*)(\.\d{0,5}[1-9])?$/);
    });
    fc.assert(property);
  });
});

describe('fullName', () => {
  test.each<[record: Parameters<typeof fullName>[0], expected: string]>([
    [{ name: { firstName: 'Ada', lastName: 'Lovelace' } }, 'Ada Lovelace'],
    [{ firstName: 'Jane', lastName: 'Doe' }, 'Jane Doe'],
    [{ name: { firstName: 'Ada', lastName: 'Lovelace' }, firstName: 'Jane' }, 'Ada Lovelace'],
    [{ name: { firstName: 'Ada' } }, 'Ada'],
    [{ name: { firstName: null, lastName: 'Lovelace' } }, 'Lovelace'],
    [{ name: { firstName: '', lastName: '' } }, ''],
    [{ name: null, firstName: 'Jane' }, 'Jane'],
    [{ name: 'Analytical Engines' }, 'Analytical Engines'],
    [{}, ''],
    [null, ''],
    [undefined, ''],
  ])('%j', (record, expected) => {
    expect(fullName(record)).toBe(expected);
  });
});

describe('primaryEmail', () => {
  test.each<[record: Parameters<typeof primaryEmail>[0], expected: string | undefined]>([
    [{ emails: { primaryEmail: 'ada@example.com', additionalEmails: ['b@example.com'] } }, 'ada@example.com'],
    [{ email: 'jane@example.com' }, 'jane@example.com'],
    [{ emails: { primaryEmail: '' }, email: 'jane@example.com' }, 'jane@example.com'],
    [{ emails: { primaryEmail: '' } }, undefined],
    [{ emails: null, email: null }, undefined],
    [{}, undefined],
    [null, undefined],
    [undefined, undefined],
  ])('%j', (record, expected) => {
    expect(primaryEmail(record)).toBe(expected);
  });
});

describe('primaryPhone', () => {
  test.each<[record: Parameters<typeof primaryPhone>[0], expected: string | undefined]>([
    [{ phones: { primaryPhoneNumber: '1234567890', primaryPhoneCallingCode: '+44' } }, '+441234567890'],
    [{ phones: { primaryPhoneNumber: '+441234567890', primaryPhoneCallingCode: '+44' } }, '+441234567890'],
    [{ phones: { primaryPhoneNumber: '1234567890', primaryPhoneCallingCode: null } }, '1234567890'],
    [{ phones: { primaryPhoneNumber: '', primaryPhoneCallingCode: '+44' } }, undefined],
    [{ phones: { primaryPhoneNumber: '' }, phone: '+1' }, '+1'],
    [{ phone: '+1234567890' }, '+1234567890'],
    [{ phones: null, phone: '' }, undefined],
    [{}, undefined],
    [null, undefined],
    [undefined, undefined],
  ])('%j', (record, expected) => {
    expect(primaryPhone(record)).toBe(expected);
  });
});

test('a custom field of the same name and another type is no text', () => {
  const odd = {
    name: { firstName: { a: 1 }, lastName: 'Lovelace' },
    emails: { primaryEmail: 1 },
    email: ['x'],
    phones: { primaryPhoneNumber: 441234567890 },
    phone: {},
  };
  expect(fullName(odd as never)).toBe('Lovelace');
  expect(fullName({ name: 42, firstName: 'Ada' } as never)).toBe('Ada');
  expect(primaryEmail(odd as never)).toBeUndefined();
  expect(primaryPhone(odd as never)).toBeUndefined();
  expect(primaryPhone({ phones: { primaryPhoneNumber: '1', primaryPhoneCallingCode: 44 as never } })).toBe('1');
  expect(amountOf({ amountMicros: 1, currencyCode: {} as never })?.currencyCode).toBe('');
});
