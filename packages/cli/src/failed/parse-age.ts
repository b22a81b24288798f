import { CommandError } from '../terminal/command-error.ts';

/** Read `30d`, `12h`, `45m`, `10s` or `2w`, in milliseconds. @throws OPTION_INVALID */
export function parseAge(text: string): number {
  const [, count = '', unit = ''] = /^(\d{1,6})([smhdw])$/.exec(text) ?? [];
  const unitMs = units.get(unit);
  if (unitMs !== undefined) return Number(count) * unitMs;
  throw new CommandError('OPTION_INVALID', '--older-than must be like 30d, 12h, 45m or 2w');
}

const units = new Map([
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
  ['w', 604_800_000],
]);
