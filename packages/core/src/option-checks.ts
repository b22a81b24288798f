import { WebhookError } from './errors.ts';

/** What the value of an option must be: a check, and the same in words that follow «must be». */
export type OptionCheck = readonly [isRight: (value: unknown) => boolean, words: string];

/**
 * Check options against what they must be; an option that is `undefined` is not given.
 *
 * @throws OPTION_INVALID, also for options that have no check
 */
export function checkOptions(options: object, checks: Readonly<Record<string, OptionCheck>>, owner: string = ''): void {
  if (!isObject(options)) throw invalidOption(`The options${owner} must be an object`);
  for (const [name, value] of Object.entries(options)) {
    const option = `option ${JSON.stringify(name)}${owner}`;
    const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
    if (check === undefined) throw invalidOption(`There is no ${option}`);
    if (value !== undefined && !check[0](value)) throw invalidOption(`The ${option} must be ${check[1]}`);
  }
}

/** Make the error for an option that cannot be used. */
export function invalidOption(message: string): WebhookError {
  return new WebhookError('OPTION_INVALID', message);
}

/** Check that an option is a number from `min` to the longest delay of a timer, in milliseconds. */
// Above the largest delay of a timer, timers fire at once.
export const numberFrom = (min: number): OptionCheck => [
  (value) => typeof value === 'number' && value >= min && value <= 2_147_483_647,
  `a number from ${min} to 2147483647`,
];

/** Check that an option is a whole number from `min` to the longest delay of a timer, in milliseconds. */
export const wholeNumberFrom = (min: number): OptionCheck => [
  (value) => Number.isSafeInteger(value) && numberFrom(min)[0](value),
  `a whole number from ${min}`,
];

export const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

export const aFunction: OptionCheck = [(value) => typeof value === 'function', 'a function'];

/** Check that an option is an object with these functions. */
export const hasFunctions =
  (...names: readonly string[]) =>
  (value: unknown): boolean =>
    isObject(value) && names.every((name) => typeof (value as Record<string, unknown>)[name] === 'function');

export const listOf =
  (isItem: (item: unknown) => boolean) =>
  (value: unknown): boolean =>
    Array.isArray(value) && value.length > 0 && value.every(isItem);

/** Check that an option is text, and not empty. */
export const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';

export const aSchemeList: OptionCheck = [
  listOf((item) => item === 'timestamped' || item === 'plain'),
  "a list of 'timestamped' and 'plain'",
];
