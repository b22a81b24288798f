import type { SimulatorFaults, TwentySimulatorOptions } from './simulator-options.ts';

/** @throws RangeError about the first option that cannot be */
export function checkSimulatorOptions({ target, requestsPerMinute, faults }: TwentySimulatorOptions): void {
  if (target !== undefined) checkTarget(target);
  if (requestsPerMinute !== undefined && !(requestsPerMinute >= 1))
    throw new RangeError(`requestsPerMinute is at least 1, not ${requestsPerMinute}`);
  if (faults !== undefined) checkFaults(faults);
}

/** @throws RangeError */
export function checkTarget(url: string): void {
  if (URL.canParse(url) && /^https?:/.test(url)) return;
  throw new RangeError(`"${url}" is no target. Give an absolute URL, such as http://127.0.0.1:3000/webhooks/twenty`);
}

/** @throws RangeError */
export function checkFaults(faults: SimulatorFaults): void {
  for (const name of ['duplicate', 'refanout', 'drop'] as const) {
    const share = faults[name];
    if (share !== undefined && !(share >= 0 && share <= 1))
      throw new RangeError(`${name} is a share from 0 to 1, not ${share}`);
  }
}
