/** Deeper than any event: what reads or writes such a JSON recursively would run out of stack, or of memory. */
const maxNesting = 200;

/** Parse a JSON text; `undefined` if it is none, or is nested deeper than anybody's event. */
export function parseJson(text: string): unknown {
  if (isTooDeep(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether brackets in a text, those in strings apart, are nested too deep. */
export function isTooDeep(text: string): boolean {
  let depth = 0;
  let isString = false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (isString && code === 0x5c) index += 1;
    else if (code === 0x22) isString = !isString;
    else if (isString) continue;
    else if (code === 0x7b || code === 0x5b) {
      depth += 1;
      if (depth > maxNesting) return true;
    } else if (code === 0x7d || code === 0x5d) depth -= 1;
  }
  return false;
}

/** Whether a parsed JSON has the name that each event of Twenty has. */
export function isEvent(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const { eventName, event } = value as { readonly eventName?: unknown; readonly event?: unknown };
  return typeof eventName === 'string' || typeof event === 'string';
}
