import type { CurrencyField, EmailsField, FullNameField, PhonesField } from './objects.ts';

/** Full name of a person, from `name` or from the flat `firstName` and `lastName`; `''` if there is none. */
export function fullName(
  record: Maybe<{ name?: FullNameField | string | null; firstName?: string | null; lastName?: string | null }>,
): string {
  const name: unknown = record?.name;
  if (typeof name === 'string') return name;
  const { firstName, lastName } = (typeof name === 'object' ? (name as FullNameField | null) : null) ?? record ?? {};
  return [textOf(firstName), textOf(lastName)].filter(Boolean).join(' ');
}

/** First e-mail address, from `emails` or from the flat `email`; `undefined` if there is none. */
export function primaryEmail(
  record: Maybe<{ emails?: EmailsField | null; email?: string | null }>,
): string | undefined {
  return textOf(record?.emails?.primaryEmail) || textOf(record?.email) || undefined;
}

/** First telephone number with its calling code (`+441234567890`), or the flat `phone`; `undefined` if there is none. */
export function primaryPhone(
  record: Maybe<{ phones?: PhonesField | null; phone?: string | null }>,
): string | undefined {
  const number = textOf(record?.phones?.primaryPhoneNumber);
  if (number === '') return textOf(record?.phone) || undefined;
  return number.startsWith('+') ? number : textOf(record?.phones?.primaryPhoneCallingCode) + number;
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
  return { micros, decimal, currencyCode: textOf(field?.currencyCode) };
}

// A custom field may have the name, but not the type.
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

type Maybe<T> = T | null | undefined;
