/** When to send again: at a multiple of `everyMs` after the last time that it was due, of those that are not over already. */
export function nextSlotMs(
  dueMs: number,
  { everyMs, nowMs }: { readonly everyMs: number; readonly nowMs: number },
): number {
  return dueMs + everyMs * Math.max(1, Math.ceil((nowMs - dueMs) / everyMs));
}
