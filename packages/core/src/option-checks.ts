import { WebhookError } from './errors.ts';

/** Make the error for an option that cannot be used. */
export function invalidOption(name: string, problem: string): WebhookError {
  return new WebhookError('OPTION_INVALID', `The option ${JSON.stringify(name)} cannot be used: ${problem}.`);
}

/** @throws OPTION_INVALID unless it is a number from `min` to the largest delay of a timer, above which timers fire at once */
export function checkNumber(name: string, value: number, min: number): number {
  if (typeof value === 'number' && value >= min && value <= 2_147_483_647) return value;
  throw invalidOption(name, `it takes a number from ${min} to 2147483647`);
}

/** @throws OPTION_INVALID unless it is a list of schemes that exist, with one at least */
export function checkSignatures<TList extends readonly string[]>(signatures: TList): TList {
  const isList = Array.isArray(signatures) && signatures.length > 0;
  if (isList && signatures.every((one) => one === 'timestamped' || one === 'plain')) return signatures;
  throw invalidOption('signatures', "it takes a list of 'timestamped' and 'plain'");
}
