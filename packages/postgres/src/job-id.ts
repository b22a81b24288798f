import { createHash } from 'node:crypto';

/** The id of a job for pg-boss, which wants a UUID: made of the key, so that pg-boss itself knows a job that it has. */
export function toJobId(key: string): string {
  const hex = createHash('sha256').update(key).digest('hex');
  // Version 8 of RFC 9562: what the bits mean is up to us.
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
