/** `14:03:22` in local time; of another day than today's `11-25 14:03:22`. */
export function formatTime(timeMs: number, nowMs: number): string {
  const time = new Date(timeMs);
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map(twoDigits).join(':');
  if (time.toDateString() === new Date(nowMs).toDateString()) return clock;
  return `${twoDigits(time.getMonth() + 1)}-${twoDigits(time.getDate())} ${clock}`;
}

const twoDigits = (value: number): string => String(value).padStart(2, '0');

/** `12 ms`, `5.03 s`. */
export function formatDuration(durationMs: number): string {
  return durationMs < 1_000 ? `${Math.round(durationMs)} ms` : `${(durationMs / 1_000).toFixed(2)} s`;
}

/** `812 B`, `2.1 kB`, `1.5 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** `10,000`. */
export function formatCount(count: number): string {
  return count.toLocaleString('en');
}
