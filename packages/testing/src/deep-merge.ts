/** An object of JSON, whatever its members. */
export type JsonObject = { readonly [name: string]: unknown };

/**
 * Lay `overrides` over `base`, object by object; everything else, lists too, is replaced. Members keep their place, new
 * ones come last, and `undefined` takes a member out.
 */
export function deepMerge(base: JsonObject, overrides: JsonObject): JsonObject {
  const merged = new Map(Object.entries(base));
  for (const [name, value] of Object.entries(overrides)) {
    const old = merged.get(name);
    if (value === undefined) merged.delete(name);
    else merged.set(name, isObject(old) && isObject(value) ? deepMerge(old, value) : value);
  }
  return Object.fromEntries(merged);
}

/** Whether it is an object with members: no list, not null. */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
