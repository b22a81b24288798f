import type { DeliveryDetail, DeliverySummary, ReplayRequest } from '../listen/inspector-api.ts';
import { isOfSender, refusalOf } from './forward-verdict.ts';

/** A delivery that is sent once more; with its headers where they are known. */
export type ReplayedDelivery = DeliverySummary & Partial<Pick<DeliveryDetail, 'headers'>>;

/**
 * Find the code with which a receiver that is right refuses a replay: a signature may be fresh by now, and a timestamp old.
 *
 * @param sentAtMs when it was sent once more
 */
export function replayRefusal(
  delivery: ReplayedDelivery,
  sign: ReplayRequest['sign'],
  sentAtMs: number,
): string | undefined {
  const refusal = refusalOf(delivery);
  if (sign === 'fresh') return refusal !== undefined && isOfSender(refusal) ? undefined : refusal;
  const isOfTime = refusal === 'TIMESTAMP_TOO_OLD' || refusal === 'TIMESTAMP_IN_FUTURE';
  if (!isOfTime && (refusal !== undefined || delivery.scheme !== 'timestamped')) return refusal;
  const ageMs = sentAtMs - timestampOf(delivery);
  if (ageMs > toleranceMs) return 'TIMESTAMP_TOO_OLD';
  return ageMs < -toleranceMs ? 'TIMESTAMP_IN_FUTURE' : undefined;
}

function timestampOf({ headers, receivedAtMs }: ReplayedDelivery): number {
  const value = headers?.find(([name]) => name.toLowerCase() === 'x-twenty-webhook-timestamp')?.[1];
  return value === undefined ? receivedAtMs : Number(value);
}

/** Of a receiver that says nothing else. */
const toleranceMs = 5 * 60_000;
