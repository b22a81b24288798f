/**
 * Whether Twenty's pattern matches an event's name: part by part from the right, by the table of the README. Metadata
 * events have three parts, of which the first is their own.
 */
export function isMatch(pattern: string, event: string): boolean {
  if (pattern === '*' || pattern === event) return true;
  if (!event.includes('.')) return false;
  if (pattern === '*.*') return true;
  const wanted = split(pattern);
  const given = split(event);
  if (isMetadata(event)) {
    const name = given.object.slice('metadata.'.length);
    return [`metadata.*.${given.action}`, 'metadata.*.*', `metadata.${name}.*`].includes(pattern);
  }
  return (
    (wanted.object === '*' || wanted.object === given.object) &&
    (wanted.action === '*' || wanted.action === given.action)
  );
}

/** Whether a pattern can be registered: something for every part, a star only for a whole one. */
export function isPattern(pattern: string): boolean {
  if (pattern === '*') return true;
  const parts = pattern.split('.');
  if (parts.length < 2 || parts.includes('') || /\s/.test(pattern)) return false;
  if (parts.some((part) => part.includes('*') && part !== '*')) return false;
  if (pattern === 'metadata.*') return false;
  const objects = parts.slice(0, -1);
  if (!objects.includes('*')) return true;
  return objects.join('.') === '*' || objects.join('.') === 'metadata.*';
}

/** Whether one of the fields changed; `company` and `companyId` are the same one. */
export function hasChanged(updatedFields: readonly string[], fields: readonly string[] | undefined): boolean {
  if (fields === undefined) return true;
  return updatedFields.some((changed) => fields.some((field) => relationOf(field) === relationOf(changed)));
}

const relationOf = (field: string): string => (field.length > 2 && field.endsWith('Id') ? field.slice(0, -2) : field);

const isMetadata = (event: string): boolean => /^metadata\.[^.]+\.[^.]*$/.test(event);

const split = (name: string): { object: string; action: string } => {
  const dot = name.lastIndexOf('.');
  return { object: name.slice(0, dot), action: name.slice(dot + 1) };
};
