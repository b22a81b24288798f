import { formatDuration } from './format-values.ts';

/** Say what a header of a delivery means, where that helps to see why it was taken or refused. */
export function headerNote(name: string, value: string, receivedAtMs: number): string | undefined {
  switch (name.toLowerCase()) {
    case 'x-twenty-webhook-timestamp':
      return timestampNote(value, receivedAtMs);
    case 'x-twenty-webhook-signature':
      return 'HMAC-SHA256 of timestamp, ":" and body';
    case 'x-twenty-signature':
      return 'HMAC-SHA256 of the body';
    case 'x-twenty-webhook-nonce':
      return 'not signed, new at every attempt';
    default:
      return undefined;
  }
}

function timestampNote(value: string, receivedAtMs: number): string {
  if (!/^\d+$/.test(value)) return 'no whole milliseconds';
  const timeMs = Number(value);
  // Seconds would be a day of 1970.
  if (timeMs < 100_000_000_000) return 'seconds? Twenty sends milliseconds';
  if (timeMs > 8_640_000_000_000_000) return 'no time';
  const aheadMs = timeMs - receivedAtMs;
  const distance = `${formatDuration(Math.abs(aheadMs))} ${aheadMs > 0 ? 'after' : 'before'} it came`;
  return `${new Date(timeMs).toISOString()}, ${distance}`;
}
