import type { CurrencyField, EmailsField, FullNameField, PhonesField } from './objects.ts';

/** Full name of a person, from `name` or from the flat `firstName` and `lastName`; `''` if there is none. */
export function fullName(
  record: Maybe<{ name?: FullNameField | string | null; firstName?: string | null; lastName?: string | null }>,
): string {
  if (typeof record?.name === 'string') return record.name;
  const { firstName, lastName } = record?.name ?? record ?? {};
  return [firstName, lastName].filter(Boolean).join(' ');
}

/** First e-mail address, from `emails` or from the flat `email`; `undefined` if there is none. */
export function primaryEmail(
  record: Maybe<{ emails?: EmailsField | null; email?: string | null }>,
): string | undefined {
  return record?.emails?.primaryEmail || record?.email || undefined;
}

/** First telephone number with its calling code (`+441234567890`), or the flat `phone`; `undefined` if there is none. */
export function primaryPhone(
  record: Maybe<{ phones?: PhonesField | null; phone?: string | null }>,
): string | undefined {
  const number = record?.phones?.primaryPhoneNumber;
  if (!number) return record?.phone || undefined;
  return number.startsWith('+') ? number : `${record?.phones?.primaryPhoneCallingCode ?? ''}${number}`;
}

/** An exact amount of money. */
export interface Amount {
  /** A millionth of the unit. */
  readonly micros: bigint;
  /** The same in units, with no more digits than needed: `1250000`, `0.5`, `-12.345678`. */
  readonly decimal: string;
  /** ISO 4217; `''` if the field has none. */
  readonly currencyCode: string;
}

/**
 * Read a currency field without rounding. `undefined` if there is no amount, or if it is no whole number of micros that
 * can be trusted (a JSON number beyond 2^53 was rounded before this code could see it).
 */
export function amountOf(field: CurrencyField | null | undefined): Amount | undefined {
  const value = field?.amountMicros;
  const exact =
    typeof value === 'number' ? Number.isSafeInteger(value) : typeof value === 'string' && /^-?\d{1,40}$/.test(value);
  if (!exact) return undefined;
  const micros = BigInt(value as number | string);
  const digits = (micros < 0n ? -micros : micros).toString().padStart(7, '0');
  const fraction = digits.slice(-6).replace(/0+$/, '');
  const decimal = `${micros < 0n ? '-' : ''}${digits.slice(0, -6)}${fraction && `.${fraction}`}`;
  return { micros, decimal, currencyCode: field?.currencyCode ?? '' };
}

type Maybe<T> = T | null | undefined;
